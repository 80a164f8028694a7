impl Users {
    ///Looks a user up.
    pub async fn find(&self, name: String) -> Result<User, Status> {
        async move {
            let __call = {
                let name = ::kit::__private::Clone::clone(&name);
                async move {
                    static __POLICY: ::kit::__private::LazyLock<
                        ::kit::__private::Retry,
                    > = ::kit::__private::LazyLock::new(|| {
                        ::kit::__private::Retry::new(const {
                                ::kit::__private::RetryConfig::new().checked()
                            })
                            .named("find")
                    });
                    __POLICY
                        .run(|| {
                            let mut name = ::kit::__private::Clone::clone(&name);
                            async move {
                                static __POLICY: ::kit::__private::LazyLock<
                                    ::kit::__private::Breaker,
                                > = ::kit::__private::LazyLock::new(|| {
                                    ::kit::__private::Breaker::new(const {
                                            ::kit::__private::BreakerConfig::consecutive(5).checked()
                                        })
                                        .named("find")
                                });
                                __POLICY
                                    .run(async move {
                                        if false {
                                            return ::kit::__private::never::<Result<User, Status>>();
                                        }
                                        {
                                            name.push('!');
                                            self.look_up(name).await
                                        }
                                    })
                                    .await
                            }
                        })
                        .await
                }
            };
            ::kit::__private::fallback(|__error| last_known(
                    ::kit::__private::Clone::clone(&name),
                    __error,
                ))
                .on(::kit::__private::FALLBACK_CODES)
                .run(__call)
                .await
        }
            .await
    }
}
