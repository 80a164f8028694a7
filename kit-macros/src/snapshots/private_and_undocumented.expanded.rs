trait Quiet {
    fn sum(
        &self,
        a: i64,
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
        quiet::Sum,
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
        ::kit::__private::mount::<quiet::__Contract, Self>(self, routes);
    }
}
/// A server of [`Quiet`].
#[allow(dead_code, deprecated)]
type QuietServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    quiet::__Contract,
    S,
    L,
>;
/// A client of [`Quiet`].
#[allow(dead_code, deprecated)]
type QuietClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    quiet::__Contract,
    C,
>;
/// The methods of [`Quiet`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
mod quiet {
    use super::*;
    #[doc(hidden)]
    pub(super) struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Quiet::sum`].
    pub(super) struct Sum;
    /// The arguments of [`Quiet::sum`].
    pub(super) struct SumRequest {
        pub(super) a: i64,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for quiet::Sum {
        type Request = quiet::SumRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Quiet", "sum", "Sum")
            .http(__kit::Verb::Post, "/quiet/sum", 200)
            .arguments(&[__kit::member("a", 1)]);
    }
    impl __kit::Remote for quiet::Sum {
        type Arguments = (i64,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a,)| quiet::SumRequest { a };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a,);
    }
    impl<S: Quiet + __kit::Service> __kit::Dispatch<S> for quiet::Sum {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Quiet>::sum(s, r.a)
        }
    }
    impl __kit::Contract for quiet::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Quiet",
            "",
            &[__kit::MethodDescriptor::of::<quiet::Sum>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for quiet::__Contract
    where
        S: Quiet + __kit::Service,
        L: __kit::Middleware<quiet::Sum> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Quiet>::__kit_middleware();
            let overrides = <S as Quiet>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<quiet::Sum>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Quiet>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Quiet for __kit::Client<quiet::__Contract, C>
    where
        C: __kit::Endpoint<quiet::Sum> + __kit::Send + __kit::Sync,
    {
        fn sum(&self, a: i64) -> impl __kit::Call<quiet::Sum> {
            self.__call::<quiet::Sum>(0, __kit::None, quiet::SumRequest { a })
        }
    }
};
