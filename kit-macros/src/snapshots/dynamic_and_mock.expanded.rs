pub trait Either {
    fn sum(
        &self,
        cx: &kit::Context,
        a: i64,
        b: i64,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
    > + ::kit::__private::Send;
    #[doc(hidden)]
    fn __kit_overrides(_: &'static ::kit::__private::str) -> ::kit::__private::Overrides
    where
        Self: ::kit::__private::Sized,
    {
        ::kit::__private::Overrides::NONE
    }
    #[doc(hidden)]
    #[allow(deprecated, clippy::implied_bounds_in_impls)]
    fn __kit_middleware() -> impl ::kit::__private::Middleware<
        either::Sum,
    > + ::kit::__private::Send + 'static
    where
        Self: ::kit::__private::Sized,
    {
        ::kit::__private::Identity
    }
    #[doc(hidden)]
    #[allow(dead_code, deprecated)]
    fn __kit_mount(self, routes: &mut ::kit::__private::Routes)
    where
        Self: ::kit::__private::Sized + ::kit::__private::Send + ::kit::__private::Sync
            + 'static,
    {
        ::kit::__private::mount::<either::__Contract, Self>(self, routes);
    }
}
/// A server of [`Either`].
#[allow(dead_code, deprecated)]
pub type EitherServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    either::__Contract,
    S,
    L,
>;
/// A client of [`Either`].
#[allow(dead_code, deprecated)]
pub type EitherClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    either::__Contract,
    C,
>;
/// Any implementation of [`Either`].
#[allow(dead_code, deprecated)]
pub type DynEither = ::kit::__private::Dyn<either::__Contract>;
/// A scripted double of [`Either`].
#[allow(dead_code, deprecated)]
#[allow(non_snake_case)]
pub struct MockEither {
    sum: ::kit::__private::Stub<either::Sum>,
}
/// The methods of [`Either`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod either {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Either::sum`].
    pub struct Sum;
    /// The arguments of [`Either::sum`].
    pub struct SumRequest {
        pub a: i64,
        pub b: i64,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for either::Sum {
        type Request = either::SumRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Either", "sum", "Sum")
            .http(__kit::Verb::Post, "/either/sum", 200)
            .arguments(&[__kit::member("a", 1), __kit::member("b", 2)]);
    }
    impl __kit::Remote for either::Sum {
        type Arguments = (i64, i64);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a, b)| either::SumRequest { a, b };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a, r.b);
    }
    impl<S: Either + __kit::Service> __kit::Dispatch<S> for either::Sum {
        fn run(s: &S, cx: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Either>::sum(s, cx, r.a, r.b)
        }
    }
    impl __kit::Contract for either::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Either",
            "",
            &[__kit::MethodDescriptor::of::<either::Sum>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for either::__Contract
    where
        S: Either + __kit::Service,
        L: __kit::Middleware<either::Sum> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Either>::__kit_middleware();
            let overrides = <S as Either>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<either::Sum>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Either>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Either for __kit::Client<either::__Contract, C>
    where
        C: __kit::Endpoint<either::Sum> + __kit::Send + __kit::Sync,
    {
        fn sum(
            &self,
            cx: &kit::Context,
            a: i64,
            b: i64,
        ) -> impl __kit::Call<either::Sum> {
            self.__call::<either::Sum>(0, __kit::Some(cx), either::SumRequest { a, b })
        }
    }
    impl<S> __kit::Erase<S> for either::__Contract
    where
        S: Either + __kit::Service,
    {
        fn erase(erasing: &mut __kit::Erasing<S>) {
            erasing.method::<either::Sum>();
        }
    }
    #[allow(refining_impl_trait)]
    impl Either for __kit::Dyn<either::__Contract> {
        fn sum(
            &self,
            cx: &kit::Context,
            a: i64,
            b: i64,
        ) -> impl __kit::Call<either::Sum> {
            self.__call::<either::Sum>(0, __kit::Some(cx), either::SumRequest { a, b })
        }
    }
    impl MockEither {
        /// Creates a mock without scripted responses.
        pub fn new() -> Self {
            Self {
                sum: __kit::Default::default(),
            }
        }
        /// Sets the response to calls of [`Either::sum`].
        pub fn on_sum(
            &self,
            __respond: impl __kit::Fn(
                i64,
                i64,
            ) -> __kit::Outcome<either::Sum> + __kit::Send + __kit::Sync + 'static,
        ) -> &Self {
            self.sum.on(move |(a, b)| __respond(a, b));
            self
        }
        /// The number of calls of [`Either::sum`].
        pub fn sum_calls(&self) -> __kit::usize {
            self.sum.calls()
        }
    }
    impl __kit::Default for MockEither {
        fn default() -> Self {
            Self::new()
        }
    }
    impl __kit::Clone for MockEither {
        fn clone(&self) -> Self {
            Self {
                sum: __kit::Clone::clone(&self.sum),
            }
        }
    }
    impl __kit::fmt::Debug for MockEither {
        fn fmt(&self, f: &mut __kit::fmt::Formatter<'_>) -> __kit::fmt::Result {
            f.write_str("MockEither")
        }
    }
    #[allow(refining_impl_trait)]
    impl Either for MockEither {
        fn sum(
            &self,
            cx: &kit::Context,
            a: i64,
            b: i64,
        ) -> impl __kit::Call<either::Sum> {
            let _ = cx;
            self.sum.call((a, b))
        }
    }
};
