impl a::Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    async fn concat(&self, a: String, b: String) -> Result<String, kit::Status> {
        Ok(a + &b)
    }
    fn __kit_overrides(
        method: &'static ::kit::__private::str,
    ) -> ::kit::__private::Overrides
    where
        Self: ::kit::__private::Sized,
    {
        match method {
            "concat" => {
                const {
                    ::kit::__private::Overrides::of(
                        ::kit::__private::SidePolicies::NONE
                            .timeout(::kit::__private::millis(1000))
                            .over(
                                ::kit::__private::SidePolicies::NONE
                                    .timeout(::kit::__private::millis(2000)),
                            ),
                    )
                }
            }
            _ => {
                const {
                    ::kit::__private::Overrides::of(
                        ::kit::__private::SidePolicies::NONE
                            .timeout(::kit::__private::millis(2000)),
                    )
                }
            }
        }
    }
    #[allow(refining_impl_trait, clippy::implied_bounds_in_impls)]
    fn __kit_middleware() -> impl ::kit::__private::Middleware<
        a::add::Sum,
    > + ::kit::__private::Middleware<a::add::Concat> + ::kit::__private::Send + 'static
    where
        Self: ::kit::__private::Sized,
    {
        struct __Own<W, W0>(W, W0);
        impl<W, W0> ::kit::__private::Middleware<a::add::Sum> for __Own<W, W0>
        where
            W: ::kit::__private::Middleware<a::add::Sum>,
            W0: ::kit::__private::Send + ::kit::__private::Sync,
        {
            async fn call<E: ::kit::__private::Endpoint<a::add::Sum>>(
                &self,
                cx: &::kit::__private::Context,
                request: <a::add::Sum as ::kit::__private::Method>::Request,
                next: &E,
            ) -> ::kit::__private::Outcome<a::add::Sum> {
                ::kit::__private::Middleware::call(&self.0, cx, request, next).await
            }
        }
        impl<W, W0> ::kit::__private::Middleware<a::add::Concat> for __Own<W, W0>
        where
            W: ::kit::__private::Middleware<a::add::Concat>,
            W0: ::kit::__private::Middleware<a::add::Concat>,
        {
            async fn call<E: ::kit::__private::Endpoint<a::add::Concat>>(
                &self,
                cx: &::kit::__private::Context,
                request: <a::add::Concat as ::kit::__private::Method>::Request,
                next: &E,
            ) -> ::kit::__private::Outcome<a::add::Concat> {
                ::kit::__private::Middleware::call(
                        &::kit::__private::Stack::new(&self.0, &self.1),
                        cx,
                        request,
                        next,
                    )
                    .await
            }
        }
        __Own(::kit::__private::Identity, Audit)
    }
}
