//! The two traits that everything else is made of.
//!
//! An [`Endpoint`] answers calls of one method: a handler, a remote service, a
//! balanced set of remotes. A [`Middleware`] stands before one. Both are
//! generic and neither boxes: a chain of them is one future, which the
//! compiler sees through.

use std::future::Future;
use std::sync::Arc;

use crate::model::attempt::{Attempt, CallClock, Driver};
use crate::model::context::Context;
use crate::model::method::{Method, Outcome};

/// Anything that answers calls of the method `M`.
///
/// ```
/// use kit::{Context, Endpoint, Method, Outcome};
///
/// /// Answers every call with the default response.
/// struct Nop;
///
/// impl<M: Method<Response: Default>> Endpoint<M> for Nop {
///     async fn call(&self, _: &Context, _: M::Request) -> Outcome<M> {
///         Ok(M::Response::default())
///     }
/// }
/// ```
pub trait Endpoint<M: Method>: Send + Sync {
    /// Answers one call.
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send;

    /// Answers one call under a client's policies. A remote does so with the
    /// types of the call erased, so that the policies are compiled once.
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

/// A call of an endpoint.
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

/// What stands before an endpoint: it may look at a call, change it, answer
/// it, or call `next` any number of times.
///
/// One `async fn` is the whole of it. Implement it for one method, or for all:
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
    /// Handles one call before, after or in place of `next`.
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

/// The middleware that does nothing.
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

/// Two middlewares as one; the first is the outermost. Nest them, or use
/// [`stack!`](crate::stack), for more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack<Outer, Inner> {
    outer: Outer,
    inner: Inner,
}

impl<Outer, Inner> Stack<Outer, Inner> {
    /// `outer` sees a call first, and its outcome last.
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

/// Middlewares as one, the first outermost: `stack![Log, Audit, Retry]`.
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

/// A middleware before an endpoint: again an endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chain<W, E> {
    middleware: W,
    endpoint: E,
}

impl<W, E> Chain<W, E> {
    /// `middleware` before `endpoint`.
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

/// An endpoint from a function, for tests and for gluing by hand.
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
