pub trait Store {
    fn item(
        &self,
        item: Item,
        more: Option<super::Other>,
    ) -> impl ::kit::__private::Future<
        Output = Result<Item, kit::Status>,
    > + ::kit::__private::Send;
    fn option(
        &self,
        value: Option<self::Item>,
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
        store::Item,
    > + ::kit::__private::Middleware<store::Option> + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<store::__Contract, Self>(self, routes);
    }
}
/// A server of [`Store`].
#[allow(dead_code, deprecated)]
pub type StoreServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    store::__Contract,
    S,
    L,
>;
/// A client of [`Store`].
#[allow(dead_code, deprecated)]
pub type StoreClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    store::__Contract,
    C,
>;
/// The methods of [`Store`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod store {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Store::item`].
    pub struct Item;
    /// The arguments of [`Store::item`].
    pub struct ItemRequest {
        pub item: super::Item,
        pub more: ::kit::__private::std::option::Option<super::super::Other>,
    }
    /// The method [`Store::option`].
    pub struct Option;
    /// The arguments of [`Store::option`].
    pub struct OptionRequest {
        pub value: ::kit::__private::std::option::Option<super::Item>,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for store::Item {
        type Request = store::ItemRequest;
        type Response = Item;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Store", "item", "Item")
            .http(__kit::Verb::Post, "/store/item", 200)
            .arguments(&[__kit::member("item", 1), __kit::member("more", 2)]);
    }
    impl __kit::Remote for store::Item {
        type Arguments = (Item, Option<super::Other>);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(item, more)| store::ItemRequest { item, more };
        const UNPACK: __kit::Unpack<Self> = |r| (r.item, r.more);
    }
    impl<S: Store + __kit::Service> __kit::Dispatch<S> for store::Item {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Store>::item(s, r.item, r.more)
        }
    }
    impl __kit::Method for store::Option {
        type Request = store::OptionRequest;
        type Response = ();
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Store", "option", "Option")
            .http(__kit::Verb::Post, "/store/option", 204)
            .arguments(&[__kit::member("value", 1)]);
    }
    impl __kit::Remote for store::Option {
        type Arguments = (Option<self::Item>,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(value,)| store::OptionRequest { value };
        const UNPACK: __kit::Unpack<Self> = |r| (r.value,);
    }
    impl<S: Store + __kit::Service> __kit::Dispatch<S> for store::Option {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Store>::option(s, r.value)
        }
    }
    impl __kit::Contract for store::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Store",
            "",
            &[
                __kit::MethodDescriptor::of::<store::Item>(),
                __kit::MethodDescriptor::of::<store::Option>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for store::__Contract
    where
        S: Store + __kit::Service,
        L: __kit::Middleware<store::Item> + __kit::Middleware<store::Option>
            + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Store>::__kit_middleware();
            let overrides = <S as Store>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<store::Item>();
            mounting.method::<store::Option>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Store>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Store for __kit::Client<store::__Contract, C>
    where
        C: __kit::Endpoint<store::Item> + __kit::Endpoint<store::Option> + __kit::Send
            + __kit::Sync,
    {
        fn item(
            &self,
            item: Item,
            more: Option<super::Other>,
        ) -> impl __kit::Call<store::Item> {
            self.__call::<store::Item>(0, __kit::None, store::ItemRequest { item, more })
        }
        fn option(&self, value: Option<self::Item>) -> impl __kit::Call<store::Option> {
            self.__call::<store::Option>(1, __kit::None, store::OptionRequest { value })
        }
    }
};
