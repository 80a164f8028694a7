pub trait WithContext {
    fn whoami(
        &self,
        cx: &Context,
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
        with_context::Whoami,
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
        ::kit::__private::mount::<with_context::__Contract, Self>(self, routes);
    }
}
/// A server of [`WithContext`].
#[allow(dead_code, deprecated)]
pub type WithContextServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    with_context::__Contract,
    S,
    L,
>;
/// A client of [`WithContext`].
#[allow(dead_code, deprecated)]
pub type WithContextClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    with_context::__Contract,
    C,
>;
/// The methods of [`WithContext`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod with_context {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`WithContext::whoami`].
    pub struct Whoami;
    /// The arguments of [`WithContext::whoami`].
    pub struct WhoamiRequest {}
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for with_context::Whoami {
        type Request = with_context::WhoamiRequest;
        type Response = String;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("WithContext", "whoami", "Whoami")
            .http(__kit::Verb::Post, "/with-context/whoami", 200);
    }
    impl __kit::Remote for with_context::Whoami {
        type Arguments = ();
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |()| with_context::WhoamiRequest {};
        const UNPACK: __kit::Unpack<Self> = |_| ();
    }
    impl<S: WithContext + __kit::Service> __kit::Dispatch<S> for with_context::Whoami {
        fn run(s: &S, cx: __kit::Cx<'_>, _: Self::Request) -> impl __kit::Call<Self> {
            <S as WithContext>::whoami(s, cx)
        }
    }
    impl __kit::Contract for with_context::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "WithContext",
            "",
            &[__kit::MethodDescriptor::of::<with_context::Whoami>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for with_context::__Contract
    where
        S: WithContext + __kit::Service,
        L: __kit::Middleware<with_context::Whoami> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as WithContext>::__kit_middleware();
            let overrides = <S as WithContext>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<with_context::Whoami>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as WithContext>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> WithContext for __kit::Client<with_context::__Contract, C>
    where
        C: __kit::Endpoint<with_context::Whoami> + __kit::Send + __kit::Sync,
    {
        fn whoami(&self, cx: &Context) -> impl __kit::Call<with_context::Whoami> {
            self.__call::<
                    with_context::Whoami,
                >(0, __kit::Some(cx), with_context::WhoamiRequest {})
        }
    }
};
