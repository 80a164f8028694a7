//! Endpoints and middleware, the two traits that calls are composed of.
//!
//! An [`Endpoint`] executes calls of one method: a handler, a channel to a remote
//! service, a chain. A [`Middleware`] wraps an endpoint. Both are generic
//! and neither boxes: a chain of them is one future, which the compiler can
//! inline.

use std::future::Future;
use std::sync::Arc;

use crate::model::attempt::{Attempt, CallClock, Driver};
use crate::model::context::Context;
use crate::model::method::{Method, Outcome};

/// An executor of calls of the method `M`.
///
/// ```
/// use kit::{Context, Endpoint, Method, Outcome};
///
/// /// Returns the default response for every call.
/// struct Nop;
///
/// impl<M: Method<Response: Default>> Endpoint<M> for Nop {
///     async fn call(&self, _: &Context, _: M::Request) -> Outcome<M> {
///         Ok(M::Response::default())
///     }
/// }
/// ```
pub trait Endpoint<M: Method>: Send + Sync {
    /// Executes one call.
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send;

    /// Executes one call under a client's policies. A remote endpoint erases the
    /// types of the call, so that the policies are compiled once.
    #[doc(hidden)]
    fn __drive<'d, D: Driver<'d>>(
        &self,
        driver: D,
        cx: Option<&Context>,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send
    where
        Self: Sized,
    {
        driver.drive(cx, TypedCall::<M, Self>::new(self, request))
    }
}

/// An attempt at a call of an endpoint, with the types of its method.
struct TypedCall<'a, M: Method, E> {
    endpoint: &'a E,
    request: M::Request,
}

impl<'a, M: Method, E: Endpoint<M>> TypedCall<'a, M, E> {
    fn new(endpoint: &'a E, request: M::Request) -> Self {
        Self { endpoint, request }
    }
}

impl<M: Method, E: Endpoint<M>> Attempt for TypedCall<'_, M, E> {
    type Value = M::Response;
    type Error = M::Error;

    fn attempt<T: CallClock>(
        self,
        cx: &Context,
        timer: &mut T,
    ) -> impl Future<Output = Outcome<M>> + Send {
        timer.begin();
        self.endpoint.call(cx, self.request)
    }
}

/// A wrapper of an endpoint: it may inspect a call, change it, respond itself, or
/// call `next` any number of times.
///
/// It is one `async fn`. Implement it for one method, or for all:
///
/// ```
/// use kit::{Context, Endpoint, Method, Middleware, Outcome};
///
/// /// Prints the name of every method as it is called.
/// struct Print;
///
/// impl<M: Method> Middleware<M> for Print {
///     async fn call<E: Endpoint<M>>(
///         &self,
///         cx: &Context,
///         request: M::Request,
///         next: &E,
///     ) -> Outcome<M> {
///         println!("{}", M::META.name);
///         next.call(cx, request).await
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware for the method `{M}`",
    note = "write `impl<M: kit::Method> kit::Middleware<M> for {Self}` with `async fn call<E: Endpoint<M>>(&self, cx: &Context, request: M::Request, next: &E) -> Outcome<M>`"
)]
pub trait Middleware<M: Method>: Send + Sync {
    /// Handles one call: before, after or instead of `next`.
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send;
}

impl<M: Method, E: Endpoint<M>> Endpoint<M> for Arc<E> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        E::call(self, cx, request)
    }
}

impl<M: Method, E: Endpoint<M>> Endpoint<M> for &E {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        E::call(self, cx, request)
    }
}

/// The middleware that passes calls through unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity;

impl<M: Method> Middleware<M> for Identity {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        next.call(cx, request)
    }
}

/// Two middlewares as one; the first is the outer one. Nest them, or use
/// [`stack!`](crate::stack), for more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack<Outer, Inner> {
    outer: Outer,
    inner: Inner,
}

impl<Outer, Inner> Stack<Outer, Inner> {
    /// A stack in which `outer` sees a call first and its outcome last.
    pub const fn new(outer: Outer, inner: Inner) -> Self {
        Self { outer, inner }
    }
}

impl<M, Outer, Inner> Middleware<M> for Stack<Outer, Inner>
where
    M: Method,
    Outer: Middleware<M>,
    Inner: Middleware<M>,
{
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let inner = Chain::new(&self.inner, next);
        self.outer.call(cx, request, &inner).await
    }
}

impl<M: Method, W: Middleware<M>> Middleware<M> for &W {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        W::call(self, cx, request, next)
    }
}

impl<M: Method, W: Middleware<M>> Middleware<M> for Arc<W> {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        W::call(self, cx, request, next)
    }
}

/// Combines middlewares into one, the first outermost: `stack![Log, Audit, Retry]`.
///
/// ```
/// # use kit::{Context, Endpoint, Method, Middleware, Outcome};
/// # struct Log; struct Audit;
/// let middleware = kit::stack![Log, Audit];
/// ```
#[macro_export]
macro_rules! stack {
    () => { $crate::Identity };
    ($only:expr $(,)?) => { $only };
    ($outer:expr, $($inner:expr),+ $(,)?) => {
        $crate::Stack::new($outer, $crate::stack![$($inner),+])
    };
}

/// An endpoint wrapped in a middleware; again an endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chain<W, E> {
    middleware: W,
    endpoint: E,
}

impl<W, E> Chain<W, E> {
    /// `endpoint` wrapped in `middleware`.
    pub const fn new(middleware: W, endpoint: E) -> Self {
        Self {
            middleware,
            endpoint,
        }
    }
}

impl<M, W, E> Endpoint<M> for Chain<W, E>
where
    M: Method,
    W: Middleware<M>,
    E: Endpoint<M>,
{
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        self.middleware.call(cx, request, &self.endpoint)
    }
}

/// An endpoint from a function, for tests and for endpoints composed by hand.
///
/// ```
/// # use kit::{Method, MethodMeta};
/// # struct Double;
/// # impl Method for Double {
/// #     type Request = i64; type Response = i64; type Error = kit::Status;
/// #     const META: &'static MethodMeta = &MethodMeta::new("Calc", "double", "Double");
/// # }
/// use kit::{Context, Endpoint, EndpointFn};
///
/// let double = EndpointFn::new(|_cx: Context, n: i64| async move { Ok(2 * n) });
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let outcome = Endpoint::<Double>::call(&double, &Context::new(), 21).await;
/// assert!(matches!(outcome, Ok(42)));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EndpointFn<F>(F);

impl<F> EndpointFn<F> {
    /// An endpoint that calls `function` with the context and the request.
    pub const fn new(function: F) -> Self {
        Self(function)
    }
}

impl<M, F, Fut> Endpoint<M> for EndpointFn<F>
where
    M: Method,
    F: Fn(Context, M::Request) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome<M>> + Send,
{
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        (self.0)(cx.clone(), request)
    }
}
