pub(crate) trait UserAccounts {
    fn list_all(
        &self,
    ) -> impl ::kit::__private::Future<
        Output = Result<Vec<User>, kit::Status>,
    > + ::kit::__private::Send;
    fn remove(
        &self,
        id: u64,
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
        user_accounts::ListAll,
    > + ::kit::__private::Middleware<
        user_accounts::Remove,
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
        ::kit::__private::mount::<user_accounts::__Contract, Self>(self, routes);
    }
}
/// A server of [`UserAccounts`].
#[allow(dead_code, deprecated)]
pub(crate) type UserAccountsServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    user_accounts::__Contract,
    S,
    L,
>;
/// A client of [`UserAccounts`].
#[allow(dead_code, deprecated)]
pub(crate) type UserAccountsClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    user_accounts::__Contract,
    C,
>;
/// The methods of [`UserAccounts`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub(crate) mod user_accounts {
    use super::*;
    #[doc(hidden)]
    pub(crate) struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`UserAccounts::list_all`].
    pub(crate) struct ListAll;
    /// The arguments of [`UserAccounts::list_all`].
    pub(crate) struct ListAllRequest {}
    /// The method [`UserAccounts::remove`].
    pub(crate) struct Remove;
    /// The arguments of [`UserAccounts::remove`].
    pub(crate) struct RemoveRequest {
        pub(crate) id: u64,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for user_accounts::ListAll {
        type Request = user_accounts::ListAllRequest;
        type Response = Vec<User>;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("UserAccounts", "list_all", "ListAll")
            .http(__kit::Verb::Post, "/v1/list-all", 200);
    }
    impl __kit::Remote for user_accounts::ListAll {
        type Arguments = ();
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |()| user_accounts::ListAllRequest {};
        const UNPACK: __kit::Unpack<Self> = |_| ();
    }
    impl<S: UserAccounts + __kit::Service> __kit::Dispatch<S>
    for user_accounts::ListAll {
        fn run(s: &S, _: __kit::Cx<'_>, _: Self::Request) -> impl __kit::Call<Self> {
            <S as UserAccounts>::list_all(s)
        }
    }
    impl __kit::Method for user_accounts::Remove {
        type Request = user_accounts::RemoveRequest;
        type Response = ();
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("UserAccounts", "remove", "Remove")
            .http(__kit::Verb::Delete, "/v1/{id}", 202)
            .idempotent()
            .arguments(&[__kit::Argument::new("id", __kit::Source::Path, 1)]);
    }
    impl __kit::Remote for user_accounts::Remove {
        type Arguments = (u64,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(id,)| user_accounts::RemoveRequest { id };
        const UNPACK: __kit::Unpack<Self> = |r| (r.id,);
    }
    impl<S: UserAccounts + __kit::Service> __kit::Dispatch<S> for user_accounts::Remove {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as UserAccounts>::remove(s, r.id)
        }
    }
    impl __kit::Contract for user_accounts::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
                "UserAccounts",
                "",
                &[
                    __kit::MethodDescriptor::of::<user_accounts::ListAll>(),
                    __kit::MethodDescriptor::of::<user_accounts::Remove>(),
                ],
            )
            .version("1.2");
    }
    impl<S, L> __kit::Mounted<S, L> for user_accounts::__Contract
    where
        S: UserAccounts + __kit::Service,
        L: __kit::Middleware<user_accounts::ListAll>
            + __kit::Middleware<user_accounts::Remove> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as UserAccounts>::__kit_middleware();
            let overrides = <S as UserAccounts>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<user_accounts::ListAll>();
            mounting.method::<user_accounts::Remove>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as UserAccounts>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> UserAccounts for __kit::Client<user_accounts::__Contract, C>
    where
        C: __kit::Endpoint<user_accounts::ListAll>
            + __kit::Endpoint<user_accounts::Remove> + __kit::Send + __kit::Sync,
    {
        fn list_all(&self) -> impl __kit::Call<user_accounts::ListAll> {
            self.__call::<
                    user_accounts::ListAll,
                >(0, __kit::None, user_accounts::ListAllRequest {})
        }
        fn remove(&self, id: u64) -> impl __kit::Call<user_accounts::Remove> {
            self.__call::<
                    user_accounts::Remove,
                >(1, __kit::None, user_accounts::RemoveRequest { id })
        }
    }
};
