impl Users {
    ///Looks a user up.
    pub async fn find(&self, name: String) -> Result<User, Status> {
        static __FUNCTION: ::kit::__private::Function = ::kit::__private::Function::new(
            ::kit::__private::concat!(::kit::__private::module_path!(), "::", "find"),
            ::kit::__private::SidePolicies::NONE
                .breaker(::kit::__private::BreakerConfig::consecutive(5).checked())
                .retry(::kit::__private::RetryConfig::new().checked())
                .fallback(::kit::__private::FALLBACK_CODES),
        );
        ::kit::__private::registered!(__FUNCTION);
        let __call = __FUNCTION
            .send(|| {
                let mut name = ::kit::__private::Clone::clone(&name);
                async move {
                    if false {
                        return ::kit::__private::never::<Result<User, Status>>();
                    }
                    {
                        name.push('!');
                        self.look_up(name).await
                    }
                }
            });
        let __call = ::kit::__private::pin!(::kit::__private::Some(__call));
        let __call = ::kit::__private::ScopedFuture::new(__call);
        __FUNCTION
            .plan_or(
                __call,
                |__error| last_known(::kit::__private::Clone::clone(&name), __error),
            )
            .await
    }
}
