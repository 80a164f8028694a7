pub(super) trait Match {
    #[deprecated]
    fn r#move(
        &self,
        r#type: String,
    ) -> impl crate::vendored::kit::__private::Future<
        Output = Result<(), kit::Status>,
    > + crate::vendored::kit::__private::Send;
    #[doc(hidden)]
    fn __kit_overrides(
        _: &'static crate::vendored::kit::__private::str,
    ) -> crate::vendored::kit::__private::Overrides
    where
        Self: crate::vendored::kit::__private::Sized,
    {
        crate::vendored::kit::__private::Overrides::NONE
    }
    #[doc(hidden)]
    #[allow(deprecated, clippy::implied_bounds_in_impls)]
    fn __kit_middleware() -> impl crate::vendored::kit::__private::Middleware<
        r#match::Move,
    > + crate::vendored::kit::__private::Send + 'static
    where
        Self: crate::vendored::kit::__private::Sized,
    {
        crate::vendored::kit::__private::Identity
    }
    #[doc(hidden)]
    #[allow(dead_code, deprecated)]
    fn __kit_mount(self, routes: &mut crate::vendored::kit::__private::Routes)
    where
        Self: crate::vendored::kit::__private::Sized
            + crate::vendored::kit::__private::Send
            + crate::vendored::kit::__private::Sync + 'static,
    {
        crate::vendored::kit::__private::mount::<
            r#match::__Contract,
            Self,
        >(self, routes);
    }
}
/// A server of [`Match`].
#[allow(dead_code, deprecated)]
pub(super) type MatchServer<S, L = crate::vendored::kit::__private::Identity> = crate::vendored::kit::__private::ServiceServer<
    r#match::__Contract,
    S,
    L,
>;
/// A client of [`Match`].
#[allow(dead_code, deprecated)]
pub(super) type MatchClient<C = crate::vendored::kit::__private::Channel> = crate::vendored::kit::__private::Client<
    r#match::__Contract,
    C,
>;
/// The methods of [`Match`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub(super) mod r#match {
    use super::*;
    #[doc(hidden)]
    pub(in super::super) struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: crate::vendored::kit::__private::ServiceDescriptor = *<__Contract as crate::vendored::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Match::move`].
    pub(in super::super) struct Move;
    /// The arguments of [`Match::move`].
    pub(in super::super) struct MoveRequest {
        pub(in super::super) r#type: String,
    }
}
#[allow(deprecated)]
const _: () = {
    use crate::vendored::kit::__private as __kit;
    impl __kit::Method for r#match::Move {
        type Request = r#match::MoveRequest;
        type Response = ();
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Match", "move", "Move")
            .http(__kit::Verb::Get, "/{type}", 204)
            .idempotent()
            .arguments(&[__kit::Argument::new("type", __kit::Source::Path, 1)])
            .deprecated();
    }
    impl __kit::Remote for r#match::Move {
        type Arguments = (String,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(r#type,)| r#match::MoveRequest { r#type };
        const UNPACK: __kit::Unpack<Self> = |r| (r.r#type,);
    }
    impl<S: Match + __kit::Service> __kit::Dispatch<S> for r#match::Move {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Match>::r#move(s, r.r#type)
        }
    }
    impl __kit::Contract for r#match::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Match",
            "",
            &[__kit::MethodDescriptor::of::<r#match::Move>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for r#match::__Contract
    where
        S: Match + __kit::Service,
        L: __kit::Middleware<r#match::Move> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Match>::__kit_middleware();
            let overrides = <S as Match>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<r#match::Move>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Match>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Match for __kit::Client<r#match::__Contract, C>
    where
        C: __kit::Endpoint<r#match::Move> + __kit::Send + __kit::Sync,
    {
        fn r#move(&self, r#type: String) -> impl __kit::Call<r#match::Move> {
            self.__call::<r#match::Move>(0, __kit::None, r#match::MoveRequest { r#type })
        }
    }
};
