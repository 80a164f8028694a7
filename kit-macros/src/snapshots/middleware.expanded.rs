pub trait Layered {
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
        layered::Sum,
    > + ::kit::__private::Middleware<layered::Concat> + ::kit::__private::Send + 'static
    where
        Self: ::kit::__private::Sized,
    {
        struct __Own<W, W0>(W, W0);
        impl<W, W0> ::kit::__private::Middleware<layered::Sum> for __Own<W, W0>
        where
            W: ::kit::__private::Middleware<layered::Sum>,
            W0: ::kit::__private::Middleware<layered::Sum>,
        {
            async fn call<E: ::kit::__private::Endpoint<layered::Sum>>(
                &self,
                cx: &::kit::__private::Context,
                request: <layered::Sum as ::kit::__private::Method>::Request,
                next: &E,
            ) -> ::kit::__private::Outcome<layered::Sum> {
                ::kit::__private::Middleware::call(
                        &::kit::__private::Stack::new(&self.0, &self.1),
                        cx,
                        request,
                        next,
                    )
                    .await
            }
        }
        impl<W, W0> ::kit::__private::Middleware<layered::Concat> for __Own<W, W0>
        where
            W: ::kit::__private::Middleware<layered::Concat>,
            W0: ::kit::__private::Send + ::kit::__private::Sync,
        {
            async fn call<E: ::kit::__private::Endpoint<layered::Concat>>(
                &self,
                cx: &::kit::__private::Context,
                request: <layered::Concat as ::kit::__private::Method>::Request,
                next: &E,
            ) -> ::kit::__private::Outcome<layered::Concat> {
                ::kit::__private::Middleware::call(&self.0, cx, request, next).await
            }
        }
        __Own(Audit, ::kit::__private::Stack::new(Limit::new(3), Trace))
    }
    #[doc(hidden)]
    #[allow(dead_code, deprecated)]
    fn __kit_mount(self, routes: &mut ::kit::__private::Routes)
    where
        Self: ::kit::__private::Sized + ::kit::__private::Send + ::kit::__private::Sync
            + 'static,
    {
        ::kit::__private::mount::<layered::__Contract, Self>(self, routes);
    }
}
/// A server of [`Layered`].
#[allow(dead_code, deprecated)]
pub type LayeredServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    layered::__Contract,
    S,
    L,
>;
/// A client of [`Layered`].
#[allow(dead_code, deprecated)]
pub type LayeredClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    layered::__Contract,
    C,
>;
/// The methods of [`Layered`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod layered {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Layered::sum`].
    pub struct Sum;
    /// The arguments of [`Layered::sum`].
    pub struct SumRequest {
        pub a: i64,
    }
    /// The method [`Layered::concat`].
    pub struct Concat;
    /// The arguments of [`Layered::concat`].
    pub struct ConcatRequest {
        pub a: String,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for layered::Sum {
        type Request = layered::SumRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Layered", "sum", "Sum")
            .http(__kit::Verb::Post, "/layered/sum", 200)
            .arguments(&[__kit::member("a", 1)]);
    }
    impl __kit::Remote for layered::Sum {
        type Arguments = (i64,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a,)| layered::SumRequest { a };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a,);
    }
    impl<S: Layered + __kit::Service> __kit::Dispatch<S> for layered::Sum {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Layered>::sum(s, r.a)
        }
    }
    impl __kit::Method for layered::Concat {
        type Request = layered::ConcatRequest;
        type Response = String;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Layered", "concat", "Concat")
            .http(__kit::Verb::Post, "/layered/concat", 200)
            .arguments(&[__kit::member("a", 1)]);
    }
    impl __kit::Remote for layered::Concat {
        type Arguments = (String,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a,)| layered::ConcatRequest { a };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a,);
    }
    impl<S: Layered + __kit::Service> __kit::Dispatch<S> for layered::Concat {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Layered>::concat(s, r.a)
        }
    }
    impl __kit::Contract for layered::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Layered",
            "",
            &[
                __kit::MethodDescriptor::of::<layered::Sum>(),
                __kit::MethodDescriptor::of::<layered::Concat>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for layered::__Contract
    where
        S: Layered + __kit::Service,
        L: __kit::Middleware<layered::Sum> + __kit::Middleware<layered::Concat>
            + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Layered>::__kit_middleware();
            let overrides = <S as Layered>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<layered::Sum>();
            mounting.method::<layered::Concat>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Layered>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Layered for __kit::Client<layered::__Contract, C>
    where
        C: __kit::Endpoint<layered::Sum> + __kit::Endpoint<layered::Concat> + __kit::Send
            + __kit::Sync,
    {
        fn sum(&self, a: i64) -> impl __kit::Call<layered::Sum> {
            self.__call::<layered::Sum>(0, __kit::None, layered::SumRequest { a })
        }
        fn concat(&self, a: String) -> impl __kit::Call<layered::Concat> {
            self.__call::<layered::Concat>(1, __kit::None, layered::ConcatRequest { a })
        }
    }
};
