pub trait Shop {
    fn price(
        &self,
        item: u32,
    ) -> impl ::kit::__private::Future<
        Output = Result<u32, kit::Status>,
    > + ::kit::__private::Send;
    fn buy(
        &self,
        item: u32,
    ) -> impl ::kit::__private::Future<
        Output = Result<u32, kit::Status>,
    > + ::kit::__private::Send;
    fn rest(
        &self,
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
        shop::Price,
    > + ::kit::__private::Middleware<
        shop::Buy,
    > + ::kit::__private::Middleware<shop::Rest> + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<shop::__Contract, Self>(self, routes);
    }
}
/// A server of [`Shop`].
#[allow(dead_code, deprecated)]
pub type ShopServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    shop::__Contract,
    S,
    L,
>;
/// A client of [`Shop`].
#[allow(dead_code, deprecated)]
pub type ShopClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    shop::__Contract,
    C,
>;
/// The methods of [`Shop`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod shop {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Shop::price`].
    pub struct Price;
    /// The arguments of [`Shop::price`].
    #[derive(::kit::__private::Clone)]
    pub struct PriceRequest {
        pub item: u32,
    }
    /// The method [`Shop::buy`].
    pub struct Buy;
    /// The arguments of [`Shop::buy`].
    pub struct BuyRequest {
        pub item: u32,
    }
    /// The method [`Shop::rest`].
    pub struct Rest;
    /// The arguments of [`Shop::rest`].
    pub struct RestRequest {}
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    const _: &[__kit::u8] = __kit::include_bytes!(
        __kit::concat!(__kit::env!("CARGO_MANIFEST_DIR"), "/", "src/snapshots/kit.toml")
    );
    impl __kit::Method for shop::Price {
        type Request = shop::PriceRequest;
        type Response = u32;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("pb.Shop", "price", "Price")
            .http(__kit::Verb::Get, "/price", 200)
            .idempotent()
            .arguments(&[__kit::Argument::new("item", __kit::Source::Query, 1)])
            .policies(
                __kit::Policies::NONE
                    .timeout(__kit::millis(500))
                    .client(
                        __kit::SidePolicies::NONE
                            .retry(
                                __kit::RetryConfig::new()
                                    .backoff(FIRST, LONGEST)
                                    .attempts(5)
                                    .checked(),
                            )
                            .breaker(
                                __kit::BreakerConfig::new()
                                    .failures(5)
                                    .ratio(0.25)
                                    .min_calls(10)
                                    .window_calls(100)
                                    .checked(),
                            ),
                    ),
            )
            .compiled(
                __kit::Compiled::new(
                    "src/snapshots/kit.toml",
                    &[
                        __kit::CompiledValue::client("timeout", "limit", 5),
                        __kit::CompiledValue::client("retry", "attempts", 6),
                        __kit::CompiledValue::client("breaker", "ratio", 7),
                        __kit::CompiledValue::client("breaker", "min_calls", 10),
                        __kit::CompiledValue::client("breaker", "window", 10),
                        __kit::CompiledValue::server("timeout", "limit", 5),
                    ],
                ),
            );
    }
    impl __kit::Remote for shop::Price {
        type Arguments = (u32,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(item,)| shop::PriceRequest { item };
        const UNPACK: __kit::Unpack<Self> = |r| (r.item,);
    }
    impl<S: Shop + __kit::Service> __kit::Dispatch<S> for shop::Price {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Shop>::price(s, r.item)
        }
    }
    impl __kit::Method for shop::Buy {
        type Request = shop::BuyRequest;
        type Response = u32;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("pb.Shop", "buy", "Buy")
            .http(__kit::Verb::Post, "/shop/buy", 200)
            .arguments(&[__kit::member("item", 1)])
            .policies(
                __kit::Policies::NONE
                    .timeout(__kit::millis(1000))
                    .server(
                        __kit::SidePolicies::NONE
                            .concurrency(
                                __kit::ConcurrencyConfig::new(64).queue(16).checked(),
                            )
                            .rate_limit(
                                __kit::RateLimitConfig::new(RATE).burst(40).checked(),
                            ),
                    ),
            )
            .compiled(
                __kit::Compiled::new(
                    "src/snapshots/kit.toml",
                    &[
                        __kit::CompiledValue::client("timeout", "limit", 2),
                        __kit::CompiledValue::server("timeout", "limit", 2),
                        __kit::CompiledValue::server("shed", "", 14),
                        __kit::CompiledValue::server("concurrency", "", 17),
                        __kit::CompiledValue::server("concurrency", "limit", 17),
                        __kit::CompiledValue::server("concurrency", "queue", 17),
                        __kit::CompiledValue::server("rate_limit", "burst", 13),
                    ],
                ),
            );
    }
    impl __kit::Remote for shop::Buy {
        type Arguments = (u32,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(item,)| shop::BuyRequest { item };
        const UNPACK: __kit::Unpack<Self> = |r| (r.item,);
    }
    impl<S: Shop + __kit::Service> __kit::Dispatch<S> for shop::Buy {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Shop>::buy(s, r.item)
        }
    }
    impl __kit::Method for shop::Rest {
        type Request = shop::RestRequest;
        type Response = ();
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("pb.Shop", "rest", "Rest")
            .http(__kit::Verb::Post, "/shop/rest", 204)
            .policies(__kit::Policies::NONE.timeout(__kit::millis(1000)))
            .compiled(
                __kit::Compiled::new(
                    "src/snapshots/kit.toml",
                    &[
                        __kit::CompiledValue::client("timeout", "limit", 2),
                        __kit::CompiledValue::server("timeout", "limit", 2),
                    ],
                ),
            );
    }
    impl __kit::Remote for shop::Rest {
        type Arguments = ();
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |()| shop::RestRequest {};
        const UNPACK: __kit::Unpack<Self> = |_| ();
    }
    impl<S: Shop + __kit::Service> __kit::Dispatch<S> for shop::Rest {
        fn run(s: &S, _: __kit::Cx<'_>, _: Self::Request) -> impl __kit::Call<Self> {
            <S as Shop>::rest(s)
        }
    }
    impl __kit::Contract for shop::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "pb.Shop",
            "",
            &[
                __kit::MethodDescriptor::of::<shop::Price>(),
                __kit::MethodDescriptor::of::<shop::Buy>(),
                __kit::MethodDescriptor::of::<shop::Rest>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for shop::__Contract
    where
        S: Shop + __kit::Service,
        L: __kit::Middleware<shop::Price> + __kit::Middleware<shop::Buy>
            + __kit::Middleware<shop::Rest> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Shop>::__kit_middleware();
            let overrides = <S as Shop>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<shop::Price>();
            mounting.method::<shop::Buy>();
            mounting.method::<shop::Rest>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Shop>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Shop for __kit::Client<shop::__Contract, C>
    where
        C: __kit::Endpoint<shop::Price> + __kit::Endpoint<shop::Buy>
            + __kit::Endpoint<shop::Rest> + __kit::Send + __kit::Sync,
    {
        fn price(&self, item: u32) -> impl __kit::Call<shop::Price> {
            self.__call_with::<
                    shop::Price,
                    __kit::Retried,
                >(0, __kit::None, shop::PriceRequest { item })
        }
        fn buy(&self, item: u32) -> impl __kit::Call<shop::Buy> {
            self.__call::<shop::Buy>(1, __kit::None, shop::BuyRequest { item })
        }
        fn rest(&self) -> impl __kit::Call<shop::Rest> {
            self.__call::<shop::Rest>(2, __kit::None, shop::RestRequest {})
        }
    }
};
