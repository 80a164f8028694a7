pub trait Sources {
    fn put(
        &self,
        id: u64,
        dry_run: Option<bool>,
        tenant: String,
        item: Item,
        key: String,
    ) -> impl ::kit::__private::Future<
        Output = Result<(), kit::Status>,
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
        sources::Put,
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
        ::kit::__private::mount::<sources::__Contract, Self>(self, routes);
    }
}
/// A server of [`Sources`].
#[allow(dead_code, deprecated)]
pub type SourcesServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    sources::__Contract,
    S,
    L,
>;
/// A client of [`Sources`].
#[allow(dead_code, deprecated)]
pub type SourcesClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    sources::__Contract,
    C,
>;
/// The methods of [`Sources`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod sources {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Sources::put`].
    pub struct Put;
    /// The arguments of [`Sources::put`].
    pub struct PutRequest {
        pub id: u64,
        pub dry_run: Option<bool>,
        pub tenant: String,
        pub item: Item,
        pub key: String,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for sources::Put {
        type Request = sources::PutRequest;
        type Response = ();
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Sources", "put", "Put")
            .http(__kit::Verb::Put, "/items/{id}", 201)
            .grpc("/Sources/Put")
            .idempotent()
            .arguments(
                &[
                    __kit::Argument::new("id", __kit::Source::Path, 1),
                    __kit::Argument::new("dry_run", __kit::Source::Query, 2),
                    __kit::Argument::new("tenant", __kit::Source::Header("x-tenant"), 3),
                    __kit::Argument::new("item", __kit::Source::Body, 9),
                    __kit::Argument::new("key", __kit::Source::Query, 5).sensitive(),
                ],
            );
    }
    impl __kit::Remote for sources::Put {
        type Arguments = (u64, Option<bool>, String, Item, String);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::fields(), __kit::unary());
        const PACK: __kit::Pack<Self> = |(id, dry_run, tenant, item, key)| sources::PutRequest {
            id,
            dry_run,
            tenant,
            item,
            key,
        };
        const UNPACK: __kit::Unpack<Self> = |r| (
            r.id,
            r.dry_run,
            r.tenant,
            r.item,
            r.key,
        );
    }
    impl<S: Sources + __kit::Service> __kit::Dispatch<S> for sources::Put {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Sources>::put(s, r.id, r.dry_run, r.tenant, r.item, r.key)
        }
    }
    impl __kit::Contract for sources::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Sources",
            "",
            &[__kit::MethodDescriptor::of::<sources::Put>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for sources::__Contract
    where
        S: Sources + __kit::Service,
        L: __kit::Middleware<sources::Put> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Sources>::__kit_middleware();
            let overrides = <S as Sources>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<sources::Put>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Sources>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Sources for __kit::Client<sources::__Contract, C>
    where
        C: __kit::Endpoint<sources::Put> + __kit::Send + __kit::Sync,
    {
        fn put(
            &self,
            id: u64,
            dry_run: Option<bool>,
            tenant: String,
            item: Item,
            key: String,
        ) -> impl __kit::Call<sources::Put> {
            self.__call::<
                    sources::Put,
                >(
                0,
                __kit::None,
                sources::PutRequest {
                    id,
                    dry_run,
                    tenant,
                    item,
                    key,
                },
            )
        }
    }
};
