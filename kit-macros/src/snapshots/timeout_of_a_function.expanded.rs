async fn ask(name: &str) -> Result<User, Status> {
    async move {
        const { ::kit::__private::Timeout::new("ask", LIMIT) }
            .run(async move {
                static __POLICY: ::kit::__private::LazyLock<::kit::__private::Breaker> = ::kit::__private::LazyLock::new(||
                {
                    ::kit::__private::Breaker::new(const {
                            ::kit::__private::BreakerConfig::new().checked()
                        })
                        .named("ask")
                });
                __POLICY
                    .run_until(
                        ::kit::__private::Context::current().deadline(),
                        async move {
                            if false {
                                return ::kit::__private::never::<Result<User, Status>>();
                            }
                            { ask_again(name).await }
                        },
                    )
                    .await
            })
            .await
    }
        .await
}
