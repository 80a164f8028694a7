::core::compile_error! {
    "`#[kit::service]` has no key `nme`\nhelp: did you mean `name`? expected one of `name`, `version`, `dynamic`, `mock`, `config`, `crate`, `register`"
}
::core::compile_error! {
    "service `Broken` extends `Clone`, which `BrokenClient` can't implement\nhelp: a service may extend `Send`, `Sync`, `Sized` and `'static`; write other bounds where the service is used"
}
::core::compile_error! {
    "every item of service `Broken` must be an endpoint, which is an `async fn`\nhelp: move it out of the trait, or into a second trait"
}
::core::compile_error! {
    "method `sum` takes `&mut self`, but calls run concurrently\nhelp: write `&self`, and keep mutable state in a `Mutex`, a channel or an atomic"
}
::core::compile_error! {
    "method `sum` returns `i64`, but any call can fail\nhelp: write `Result<i64, kit::Status>`, or an error type of your own"
}
::core::compile_error! {
    "argument `a` of method `sum` borrows, but it is decoded from bytes\nhelp: write `String`"
}
::core::compile_error! {
    "method `sum` has a parameter without a name, which callers need\nhelp: write one name, as in `value: (i64, i64)`, and destructure it in the impl"
}
::core::compile_error! {
    "method `concat` is not async\nhelp: write `async fn`"
}
pub trait Broken {
    fn sum(
        &mut self,
        a: &str,
        _: (i64, i64),
    ) -> impl ::kit::__private::Future<Output = i64>;
    fn concat(&self, a: String) -> Result<String, kit::Status>;
    fn fine(
        &self,
        a: i64,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
    > + ::kit::__private::Send;
    const LIMIT: usize;
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
        broken::Fine,
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
        ::kit::__private::mount::<broken::__Contract, Self>(self, routes);
    }
}
/// A server of [`Broken`].
#[allow(dead_code, deprecated)]
pub type BrokenServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    broken::__Contract,
    S,
    L,
>;
/// A client of [`Broken`].
#[allow(dead_code, deprecated)]
pub type BrokenClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    broken::__Contract,
    C,
>;
/// The methods of [`Broken`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod broken {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Broken::sum`].
    pub struct Sum;
    pub struct SumRequest;
    /// The method [`Broken::concat`].
    pub struct Concat;
    pub struct ConcatRequest;
    /// The method [`Broken::fine`].
    pub struct Fine;
    /// The arguments of [`Broken::fine`].
    pub struct FineRequest {
        pub a: i64,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for broken::Sum {
        type Request = broken::SumRequest;
        type Response = ();
        type Error = __kit::Status;
        const META: &'static __kit::MethodMeta = &__kit::MethodMeta::new("", "", "");
    }
    impl __kit::Method for broken::Concat {
        type Request = broken::ConcatRequest;
        type Response = ();
        type Error = __kit::Status;
        const META: &'static __kit::MethodMeta = &__kit::MethodMeta::new("", "", "");
    }
    impl __kit::Method for broken::Fine {
        type Request = broken::FineRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Broken", "fine", "Fine")
            .http(__kit::Verb::Post, "/broken/fine", 200)
            .arguments(&[__kit::member("a", 1)]);
    }
    impl __kit::Remote for broken::Fine {
        type Arguments = (i64,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(a,)| broken::FineRequest { a };
        const UNPACK: __kit::Unpack<Self> = |r| (r.a,);
    }
    impl<S: Broken + __kit::Service> __kit::Dispatch<S> for broken::Fine {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Broken>::fine(s, r.a)
        }
    }
    impl __kit::Contract for broken::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Broken",
            "",
            &[__kit::MethodDescriptor::of::<broken::Fine>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for broken::__Contract
    where
        S: Broken + __kit::Service,
        L: __kit::Middleware<broken::Fine> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Broken>::__kit_middleware();
            let overrides = <S as Broken>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<broken::Fine>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Broken>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Broken for __kit::Client<broken::__Contract, C>
    where
        C: __kit::Endpoint<broken::Fine> + __kit::Send + __kit::Sync,
    {
        fn fine(&self, a: i64) -> impl __kit::Call<broken::Fine> {
            self.__call::<broken::Fine>(0, __kit::None, broken::FineRequest { a })
        }
        const LIMIT: usize = __kit::core::panic!("no value");
        #[allow(unused)]
        fn sum(&mut self, a: &str, _: (i64, i64)) -> impl __kit::Future<Output = i64> {
            __kit::core::future::pending()
        }
        #[allow(unused)]
        fn concat(&self, a: String) -> Result<String, kit::Status> {
            loop {}
        }
    }
};
