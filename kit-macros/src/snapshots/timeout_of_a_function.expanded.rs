async fn ask(name: &str) -> Result<User, Status> {
    static __FUNCTION: ::kit::__private::Function = ::kit::__private::Function::new(
        ::kit::__private::concat!(::kit::__private::module_path!(), "::", "ask"),
        ::kit::__private::SidePolicies::NONE
            .breaker(::kit::__private::BreakerConfig::new().checked())
            .timeout(LIMIT),
    );
    ::kit::__private::registered!(__FUNCTION);
    let __call = async move {
        if false {
            return ::kit::__private::never::<Result<User, Status>>();
        }
        { ask_again(name).await }
    };
    let __call = ::kit::__private::pin!(::kit::__private::Some(__call));
    let __call = ::kit::__private::ScopedFuture::new(__call);
    __FUNCTION.call(__call).await
}
