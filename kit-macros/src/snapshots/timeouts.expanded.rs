pub trait Timed {
    fn sum(
        &self,
        a: i64,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
    > + ::kit::__private::Send;
    fn concat(
        &self,
        a: String,
    ) -> impl ::kit::__private::Future<
        Output = Result<String, kit::Status>,
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
        timed::Sum,
    > + ::kit::__private::Middleware<timed::Concat> + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<timed::__Contract, Self>(self, routes);
    }
}
/// A server of [`Timed`].
#[allow(dead_code, deprecated)]
pub type TimedServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    timed::__Contract,
    S,
    L,
>;
/// A client of [`Timed`].
#[allow(dead_code, deprecated)]
pub type TimedClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    timed::__Contract,
    C,
>;
/// The methods of [`Timed`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod timed {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Timed::sum`].
    pub struct Sum;
    /// The arguments of [`Timed::sum`].
    pub struct SumRequest {
        pub a: i64,
    }
    /// The method [`Timed::concat`].
    pub struct Concat;
    /// The arguments of [`Timed::concat`].
    pub struct ConcatRequest {
        pub a: String,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for timed::Sum {
        type Request = timed::SumRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Timed", "sum", "Sum")
            .http(__kit::Verb::Post, "/timed/sum", 200)
            .arguments(&[__kit::member("a", 1)])
            .policies(
                __kit::Policies::NONE
                    .client_timeout(LIMIT)
                    .server_timeout(__kit::millis(2000)),
            );
    }
    impl __kit::Remote for timed::Sum {
        type Arguments = (i64,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a,)| timed::SumRequest { a };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a,);
    }
    impl<S: Timed + __kit::Service> __kit::Dispatch<S> for timed::Sum {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Timed>::sum(s, r.a)
        }
    }
    impl __kit::Method for timed::Concat {
        type Request = timed::ConcatRequest;
        type Response = String;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Timed", "concat", "Concat")
            .http(__kit::Verb::Post, "/timed/concat", 200)
            .arguments(&[__kit::member("a", 1)])
            .policies(
                __kit::Policies::NONE.timeout(__kit::Duration::from_nanos(1500000)),
            );
    }
    impl __kit::Remote for timed::Concat {
        type Arguments = (String,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a,)| timed::ConcatRequest { a };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a,);
    }
    impl<S: Timed + __kit::Service> __kit::Dispatch<S> for timed::Concat {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Timed>::concat(s, r.a)
        }
    }
    impl __kit::Contract for timed::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Timed",
            "",
            &[
                __kit::MethodDescriptor::of::<timed::Sum>(),
                __kit::MethodDescriptor::of::<timed::Concat>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for timed::__Contract
    where
        S: Timed + __kit::Service,
        L: __kit::Middleware<timed::Sum> + __kit::Middleware<timed::Concat>
            + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Timed>::__kit_middleware();
            let overrides = <S as Timed>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<timed::Sum>();
            mounting.method::<timed::Concat>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Timed>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Timed for __kit::Client<timed::__Contract, C>
    where
        C: __kit::Endpoint<timed::Sum> + __kit::Endpoint<timed::Concat> + __kit::Send
            + __kit::Sync,
    {
        fn sum(&self, a: i64) -> impl __kit::Call<timed::Sum> {
            self.__call::<timed::Sum>(0, __kit::None, timed::SumRequest { a })
        }
        fn concat(&self, a: String) -> impl __kit::Call<timed::Concat> {
            self.__call::<timed::Concat>(1, __kit::None, timed::ConcatRequest { a })
        }
    }
};
