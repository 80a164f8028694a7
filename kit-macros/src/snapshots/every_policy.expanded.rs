pub trait Guarded {
    fn find(
        &self,
        tenant: String,
    ) -> impl ::kit::__private::Future<
        Output = Result<User, kit::Status>,
    > + ::kit::__private::Send;
    fn rename(
        &self,
        tenant: String,
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
        guarded::Find,
    > + ::kit::__private::Middleware<guarded::Rename> + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<guarded::__Contract, Self>(self, routes);
    }
}
/// A server of [`Guarded`].
#[allow(dead_code, deprecated)]
pub type GuardedServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    guarded::__Contract,
    S,
    L,
>;
/// A client of [`Guarded`].
#[allow(dead_code, deprecated)]
pub type GuardedClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    guarded::__Contract,
    C,
>;
/// The methods of [`Guarded`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod guarded {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Guarded::find`].
    pub struct Find;
    /// The arguments of [`Guarded::find`].
    #[derive(
        ::kit::__private::Clone,
        ::kit::__private::PartialEq,
        ::kit::__private::Eq,
        ::kit::__private::Hash
    )]
    pub struct FindRequest {
        pub tenant: String,
    }
    /// The method [`Guarded::rename`].
    pub struct Rename;
    /// The arguments of [`Guarded::rename`].
    pub struct RenameRequest {
        pub tenant: String,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for guarded::Find {
        type Request = guarded::FindRequest;
        type Response = User;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Guarded", "find", "Find")
            .http(__kit::Verb::Post, "/guarded/find", 200)
            .idempotent()
            .arguments(&[__kit::member("tenant", 1)])
            .policies(
                __kit::Policies::NONE
                    .timeout(__kit::millis(2000))
                    .client(
                        __kit::SidePolicies::NONE
                            .retry(
                                __kit::RetryConfig::new()
                                    .attempts(5)
                                    .backoff(__kit::millis(10), __kit::millis(2000))
                                    .on(
                                        __kit::CodeSet::of(
                                            &[__kit::Code::Unavailable, __kit::Code::Aborted],
                                        ),
                                    )
                                    .attempt_timeout(__kit::millis(500))
                                    .checked(),
                            )
                            .hedge(
                                __kit::HedgeConfig::new().after_percentile(0.99).checked(),
                            )
                            .breaker(
                                __kit::BreakerConfig::new()
                                    .ratio(0.5)
                                    .window_calls(100)
                                    .open(__kit::millis(30000))
                                    .checked(),
                            )
                            .cache(
                                __kit::CacheConfig::new(__kit::millis(1000))
                                    .coalesce(true)
                                    .checked(),
                            )
                            .fallback(__kit::FALLBACK_CODES),
                    )
                    .server(
                        __kit::SidePolicies::NONE
                            .shed(__kit::ShedConfig::new().checked())
                            .breaker(
                                __kit::BreakerConfig::new()
                                    .ratio(0.5)
                                    .window_calls(100)
                                    .open(__kit::millis(30000))
                                    .checked(),
                            )
                            .rate_limit(
                                __kit::RateLimitConfig::new(
                                        __kit::Rate::new(100, __kit::millis(1000)),
                                    )
                                    .burst(20)
                                    .key(__kit::RateLimitKey::Argument("tenant"))
                                    .store(__kit::RateLimitStore::Named("redis"))
                                    .checked(),
                            )
                            .concurrency(
                                __kit::ConcurrencyConfig::adaptive()
                                    .min(MIN)
                                    .algorithm(__kit::AdaptiveLimit::Vegas)
                                    .checked(),
                            ),
                    ),
            );
        const RATE_KEY: __kit::RateKey<Self> = __kit::Some(|r, h| __kit::hash_argument(
            &r.tenant,
            h,
        ));
    }
    impl __kit::Remote for guarded::Find {
        type Arguments = (String,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(tenant,)| guarded::FindRequest { tenant };
        const UNPACK: __kit::Unpack<Self> = |r| (r.tenant,);
    }
    impl<S: Guarded + __kit::Service> __kit::Dispatch<S> for guarded::Find {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Guarded>::find(s, r.tenant)
        }
    }
    impl __kit::FallsBack for guarded::Find {
        fn fall_back(
            cx: __kit::Cx<'_>,
            request: Self::Request,
            error: Self::Error,
        ) -> impl __kit::Call<Self> {
            last_known(cx, request, error)
        }
    }
    impl __kit::Method for guarded::Rename {
        type Request = guarded::RenameRequest;
        type Response = ();
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Guarded", "rename", "Rename")
            .http(__kit::Verb::Post, "/guarded/rename", 204)
            .arguments(&[__kit::member("tenant", 1)])
            .policies(
                __kit::Policies::NONE
                    .timeout(__kit::millis(2000))
                    .client(
                        __kit::SidePolicies::NONE
                            .throttle(__kit::ThrottleConfig::new().k(1.5).checked()),
                    )
                    .server(
                        __kit::SidePolicies::NONE
                            .shed(__kit::ShedConfig::new().checked()),
                    ),
            );
    }
    impl __kit::Remote for guarded::Rename {
        type Arguments = (String,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(tenant,)| guarded::RenameRequest { tenant };
        const UNPACK: __kit::Unpack<Self> = |r| (r.tenant,);
    }
    impl<S: Guarded + __kit::Service> __kit::Dispatch<S> for guarded::Rename {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Guarded>::rename(s, r.tenant)
        }
    }
    impl __kit::Contract for guarded::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Guarded",
            "",
            &[
                __kit::MethodDescriptor::of::<guarded::Find>(),
                __kit::MethodDescriptor::of::<guarded::Rename>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for guarded::__Contract
    where
        S: Guarded + __kit::Service,
        L: __kit::Middleware<guarded::Find> + __kit::Middleware<guarded::Rename>
            + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Guarded>::__kit_middleware();
            let overrides = <S as Guarded>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.counted_method::<guarded::Find>();
            mounting.method::<guarded::Rename>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Guarded>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Guarded for __kit::Client<guarded::__Contract, C>
    where
        C: __kit::Endpoint<guarded::Find> + __kit::Endpoint<guarded::Rename>
            + __kit::Send + __kit::Sync,
    {
        fn find(&self, tenant: String) -> impl __kit::Call<guarded::Find> {
            self.__call_with::<
                    guarded::Find,
                    __kit::FallbackTo<__kit::Cached<__kit::RetriedAndHedged>>,
                >(0, __kit::None, guarded::FindRequest { tenant })
        }
        fn rename(&self, tenant: String) -> impl __kit::Call<guarded::Rename> {
            self.__call::<
                    guarded::Rename,
                >(1, __kit::None, guarded::RenameRequest { tenant })
        }
    }
};
impl Guarded for Basic {
    async fn find(&self, tenant: String) -> Result<User, kit::Status> {
        todo!()
    }
    async fn rename(&self, tenant: String) -> Result<(), kit::Status> {
        todo!()
    }
    fn __kit_overrides(
        method: &'static ::kit::__private::str,
    ) -> ::kit::__private::Overrides
    where
        Self: ::kit::__private::Sized,
    {
        match method {
            "find" => {
                const {
                    ::kit::__private::Overrides::of(
                        ::kit::__private::SidePolicies::NONE
                            .rate_limit(
                                ::kit::__private::RateLimitConfig::new(RATE).checked(),
                            )
                            .over(
                                ::kit::__private::SidePolicies::NONE
                                    .shed(
                                        ::kit::__private::ShedConfig::new().cpu(0.5).checked(),
                                    ),
                            ),
                    )
                }
            }
            _ => {
                const {
                    ::kit::__private::Overrides::of(
                        ::kit::__private::SidePolicies::NONE
                            .shed(::kit::__private::ShedConfig::new().cpu(0.5).checked()),
                    )
                }
            }
        }
    }
}
