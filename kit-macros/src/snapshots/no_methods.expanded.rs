pub trait Nothing {
    #[doc(hidden)]
    fn __kit_overrides(_: &'static ::kit::__private::str) -> ::kit::__private::Overrides
    where
        Self: ::kit::__private::Sized,
    {
        ::kit::__private::Overrides::NONE
    }
    #[doc(hidden)]
    #[allow(deprecated, clippy::implied_bounds_in_impls)]
    fn __kit_middleware() -> impl ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<nothing::__Contract, Self>(self, routes);
    }
}
/// A server of [`Nothing`].
#[allow(dead_code, deprecated)]
pub type NothingServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    nothing::__Contract,
    S,
    L,
>;
/// A client of [`Nothing`].
#[allow(dead_code, deprecated)]
pub type NothingClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    nothing::__Contract,
    C,
>;
/// The methods of [`Nothing`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod nothing {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Contract for nothing::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Nothing",
            "",
            &[],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for nothing::__Contract
    where
        S: Nothing + __kit::Service,
        L: __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Nothing>::__kit_middleware();
            let overrides = <S as Nothing>::__kit_overrides;
            #[allow(unused)]
            let mounting = __kit::Mounting::new(server, routes, own, overrides);
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Nothing>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Nothing for __kit::Client<nothing::__Contract, C>
    where
        C: __kit::Send + __kit::Sync,
    {}
};
