/// Adds numbers and joins strings.
pub trait Add {
    /// Sums two integers.
    fn sum(
        &self,
        a: i64,
        b: i64,
    ) -> impl ::kit::__private::Future<
        Output = Result<SumReply, AddError>,
    > + ::kit::__private::Send;
    /// Joins two strings.
    fn concat(
        &self,
        a: String,
        b: String,
    ) -> impl ::kit::__private::Future<
        Output = Result<ConcatReply, AddError>,
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
        add::Sum,
    > + ::kit::__private::Middleware<add::Concat> + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<add::__Contract, Self>(self, routes);
    }
}
/// A server of [`Add`].
///
/// Adds numbers and joins strings.
#[allow(dead_code, deprecated)]
pub type AddServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    add::__Contract,
    S,
    L,
>;
/// A client of [`Add`].
///
/// Adds numbers and joins strings.
#[allow(dead_code, deprecated)]
pub type AddClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    add::__Contract,
    C,
>;
/// The methods of [`Add`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod add {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// Sums two integers.
    pub struct Sum;
    /// The arguments of [`Add::sum`].
    pub struct SumRequest {
        pub a: i64,
        pub b: i64,
    }
    /// Joins two strings.
    pub struct Concat;
    /// The arguments of [`Add::concat`].
    pub struct ConcatRequest {
        pub a: String,
        pub b: String,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for add::Sum {
        type Request = add::SumRequest;
        type Response = SumReply;
        type Error = AddError;
        const META: __kit::Meta = &__kit::meta("pb.Add", "sum", "Sum")
            .http(__kit::Verb::Post, "/sum", 200)
            .grpc("/pb.Add/Sum")
            .idempotent()
            .arguments(&[__kit::member("a", 1), __kit::member("b", 2)])
            .policies(__kit::Policies::NONE.timeout(__kit::millis(2000)))
            .docs("Sums two integers.");
    }
    impl __kit::Remote for add::Sum {
        type Arguments = (i64, i64);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::fields(), __kit::unary());
        const PACK: __kit::Pack<Self> = |(a, b)| add::SumRequest { a, b };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a, r.b);
    }
    impl<S: Add + __kit::Service> __kit::Dispatch<S> for add::Sum {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Add>::sum(s, r.a, r.b)
        }
    }
    impl __kit::Method for add::Concat {
        type Request = add::ConcatRequest;
        type Response = ConcatReply;
        type Error = AddError;
        const META: __kit::Meta = &__kit::meta("pb.Add", "concat", "Concat")
            .http(__kit::Verb::Post, "/concat", 200)
            .grpc("/pb.Add/Concat")
            .arguments(&[__kit::member("a", 1), __kit::member("b", 2)])
            .policies(__kit::Policies::NONE.timeout(__kit::millis(2000)))
            .docs("Joins two strings.");
    }
    impl __kit::Remote for add::Concat {
        type Arguments = (String, String);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::fields(), __kit::unary());
        const PACK: __kit::Pack<Self> = |(a, b)| add::ConcatRequest { a, b };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a, r.b);
    }
    impl<S: Add + __kit::Service> __kit::Dispatch<S> for add::Concat {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Add>::concat(s, r.a, r.b)
        }
    }
    impl __kit::Contract for add::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "pb.Add",
            "Adds numbers and joins strings.",
            &[
                __kit::MethodDescriptor::of::<add::Sum>(),
                __kit::MethodDescriptor::of::<add::Concat>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for add::__Contract
    where
        S: Add + __kit::Service,
        L: __kit::Middleware<add::Sum> + __kit::Middleware<add::Concat> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Add>::__kit_middleware();
            let overrides = <S as Add>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<add::Sum>();
            mounting.method::<add::Concat>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Add>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Add for __kit::Client<add::__Contract, C>
    where
        C: __kit::Endpoint<add::Sum> + __kit::Endpoint<add::Concat> + __kit::Send
            + __kit::Sync,
    {
        fn sum(&self, a: i64, b: i64) -> impl __kit::Call<add::Sum> {
            self.__call::<add::Sum>(0, __kit::None, add::SumRequest { a, b })
        }
        fn concat(&self, a: String, b: String) -> impl __kit::Call<add::Concat> {
            self.__call::<add::Concat>(1, __kit::None, add::ConcatRequest { a, b })
        }
    }
};
