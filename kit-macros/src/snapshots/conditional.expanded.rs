pub trait Conditional {
    #[cfg(unix)]
    fn fork(
        &self,
        pid: i64,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
    > + ::kit::__private::Send;
    #[cfg(all(unix))]
    fn spawn(
        &self,
        uid: u32,
        name: String,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
    > + ::kit::__private::Send;
    #[cfg(not(all(unix)))]
    fn spawn(
        &self,
        name: String,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
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
    fn __kit_middleware() -> impl conditional::__ForkMiddleware + conditional::__SpawnMiddleware + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<conditional::__Contract, Self>(self, routes);
    }
}
/// A server of [`Conditional`].
#[allow(dead_code, deprecated)]
pub type ConditionalServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    conditional::__Contract,
    S,
    L,
>;
/// A client of [`Conditional`].
#[allow(dead_code, deprecated)]
pub type ConditionalClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    conditional::__Contract,
    C,
>;
/// The methods of [`Conditional`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod conditional {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Conditional::fork`].
    #[cfg(unix)]
    pub struct Fork;
    /// The arguments of [`Conditional::fork`].
    #[cfg(unix)]
    pub struct ForkRequest {
        pub pid: i64,
    }
    /// The method [`Conditional::spawn`].
    #[cfg(all(unix))]
    pub struct Spawn;
    /// The arguments of [`Conditional::spawn`].
    #[cfg(all(unix))]
    pub struct SpawnRequest {
        pub uid: u32,
        pub name: String,
    }
    /// The method [`Conditional::spawn`].
    #[cfg(not(all(unix)))]
    pub struct Spawn;
    /// The arguments of [`Conditional::spawn`].
    #[cfg(not(all(unix)))]
    pub struct SpawnRequest {
        pub name: String,
    }
    #[doc(hidden)]
    #[cfg(any(all(unix)))]
    pub trait __ForkMiddleware: ::kit::__private::Middleware<Fork> {}
    #[cfg(any(all(unix)))]
    impl<__T> __ForkMiddleware for __T
    where
        __T: ::kit::__private::Middleware<Fork>,
    {}
    #[doc(hidden)]
    #[cfg(not(any(all(unix))))]
    pub trait __ForkMiddleware {}
    #[cfg(not(any(all(unix))))]
    impl<__T> __ForkMiddleware for __T {}
    #[doc(hidden)]
    #[cfg(any(all(unix)))]
    pub trait __ForkEndpoint: ::kit::__private::Endpoint<Fork> {}
    #[cfg(any(all(unix)))]
    impl<__T> __ForkEndpoint for __T
    where
        __T: ::kit::__private::Endpoint<Fork>,
    {}
    #[doc(hidden)]
    #[cfg(not(any(all(unix))))]
    pub trait __ForkEndpoint {}
    #[cfg(not(any(all(unix))))]
    impl<__T> __ForkEndpoint for __T {}
    #[doc(hidden)]
    #[cfg(any(all(all(unix)), all(not(all(unix)))))]
    pub trait __SpawnMiddleware: ::kit::__private::Middleware<Spawn> {}
    #[cfg(any(all(all(unix)), all(not(all(unix)))))]
    impl<__T> __SpawnMiddleware for __T
    where
        __T: ::kit::__private::Middleware<Spawn>,
    {}
    #[doc(hidden)]
    #[cfg(not(any(all(all(unix)), all(not(all(unix))))))]
    pub trait __SpawnMiddleware {}
    #[cfg(not(any(all(all(unix)), all(not(all(unix))))))]
    impl<__T> __SpawnMiddleware for __T {}
    #[doc(hidden)]
    #[cfg(any(all(all(unix)), all(not(all(unix)))))]
    pub trait __SpawnEndpoint: ::kit::__private::Endpoint<Spawn> {}
    #[cfg(any(all(all(unix)), all(not(all(unix)))))]
    impl<__T> __SpawnEndpoint for __T
    where
        __T: ::kit::__private::Endpoint<Spawn>,
    {}
    #[doc(hidden)]
    #[cfg(not(any(all(all(unix)), all(not(all(unix))))))]
    pub trait __SpawnEndpoint {}
    #[cfg(not(any(all(all(unix)), all(not(all(unix))))))]
    impl<__T> __SpawnEndpoint for __T {}
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    #[cfg(unix)]
    impl __kit::Method for conditional::Fork {
        type Request = conditional::ForkRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Conditional", "fork", "Fork")
            .http(__kit::Verb::Post, "/conditional/fork", 200)
            .arguments(&[__kit::member("pid", 1)]);
    }
    #[cfg(unix)]
    impl __kit::Remote for conditional::Fork {
        type Arguments = (i64,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(pid,)| conditional::ForkRequest { pid };
        const UNPACK: __kit::Unpack<Self> = |r| (r.pid,);
    }
    #[cfg(unix)]
    impl<S: Conditional + __kit::Service> __kit::Dispatch<S> for conditional::Fork {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Conditional>::fork(s, r.pid)
        }
    }
    #[cfg(all(unix))]
    impl __kit::Method for conditional::Spawn {
        type Request = conditional::SpawnRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Conditional", "spawn", "Spawn")
            .http(__kit::Verb::Post, "/conditional/spawn", 200)
            .arguments(&[__kit::member("uid", 1), __kit::member("name", 2)]);
    }
    #[cfg(all(unix))]
    impl __kit::Remote for conditional::Spawn {
        type Arguments = (u32, String);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(uid, name)| conditional::SpawnRequest {
            uid,
            name,
        };
        const UNPACK: __kit::Unpack<Self> = |r| (r.uid, r.name);
    }
    #[cfg(all(unix))]
    impl<S: Conditional + __kit::Service> __kit::Dispatch<S> for conditional::Spawn {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Conditional>::spawn(s, r.uid, r.name)
        }
    }
    #[cfg(not(all(unix)))]
    impl __kit::Method for conditional::Spawn {
        type Request = conditional::SpawnRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Conditional", "spawn", "Spawn")
            .http(__kit::Verb::Post, "/conditional/spawn", 200)
            .arguments(&[__kit::member("name", 1)]);
    }
    #[cfg(not(all(unix)))]
    impl __kit::Remote for conditional::Spawn {
        type Arguments = (String,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(name,)| conditional::SpawnRequest { name };
        const UNPACK: __kit::Unpack<Self> = |r| (r.name,);
    }
    #[cfg(not(all(unix)))]
    impl<S: Conditional + __kit::Service> __kit::Dispatch<S> for conditional::Spawn {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Conditional>::spawn(s, r.name)
        }
    }
    impl __kit::Contract for conditional::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Conditional",
            "",
            &[
                #[cfg(unix)]
                __kit::MethodDescriptor::of::<conditional::Fork>(),
                #[cfg(all(unix))]
                __kit::MethodDescriptor::of::<conditional::Spawn>(),
                #[cfg(not(all(unix)))]
                __kit::MethodDescriptor::of::<conditional::Spawn>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for conditional::__Contract
    where
        S: Conditional + __kit::Service,
        L: conditional::__ForkMiddleware + conditional::__SpawnMiddleware
            + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Conditional>::__kit_middleware();
            let overrides = <S as Conditional>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            #[cfg(unix)] mounting.method::<conditional::Fork>();
            #[cfg(all(unix))] mounting.method::<conditional::Spawn>();
            #[cfg(not(all(unix)))] mounting.method::<conditional::Spawn>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Conditional>::__kit_overrides(method)
        }
    }
    #[allow(dead_code)]
    enum __Index {
        #[cfg(unix)]
        Fork,
        #[cfg(all(unix))]
        Spawn,
        #[cfg(not(all(unix)))]
        Spawn,
    }
    #[allow(refining_impl_trait)]
    impl<C> Conditional for __kit::Client<conditional::__Contract, C>
    where
        C: conditional::__ForkEndpoint + conditional::__SpawnEndpoint + __kit::Send
            + __kit::Sync,
    {
        #[cfg(unix)]
        fn fork(&self, pid: i64) -> impl __kit::Call<conditional::Fork> {
            self.__call::<
                    conditional::Fork,
                >(
                __Index::Fork as __kit::usize,
                __kit::None,
                conditional::ForkRequest { pid },
            )
        }
        #[cfg(all(unix))]
        fn spawn(&self, uid: u32, name: String) -> impl __kit::Call<conditional::Spawn> {
            self.__call::<
                    conditional::Spawn,
                >(
                __Index::Spawn as __kit::usize,
                __kit::None,
                conditional::SpawnRequest {
                    uid,
                    name,
                },
            )
        }
        #[cfg(not(all(unix)))]
        fn spawn(&self, name: String) -> impl __kit::Call<conditional::Spawn> {
            self.__call::<
                    conditional::Spawn,
                >(
                __Index::Spawn as __kit::usize,
                __kit::None,
                conditional::SpawnRequest { name },
            )
        }
    }
};
