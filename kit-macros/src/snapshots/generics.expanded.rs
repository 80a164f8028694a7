pub trait Repo<'a, K, const N: usize>: Send + 'static
where
    K: Key<'a>,
{
    fn get(
        &self,
        key: K,
    ) -> impl ::kit::__private::Future<
        Output = Result<Cow<'a, str>, kit::Status>,
    > + ::kit::__private::Send;
    fn len(
        &self,
    ) -> impl ::kit::__private::Future<
        Output = Result<u64, kit::Status>,
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
        repo::Get<K, N>,
    > + ::kit::__private::Middleware<repo::Len<K, N>> + ::kit::__private::Send + 'static
    where
        Self: ::kit::__private::Sized,
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
    {
        ::kit::__private::Identity
    }
}
/// A server of [`Repo`].
#[allow(dead_code, deprecated)]
pub type RepoServer<K, const N: usize, S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    repo::__Contract<K, N>,
    S,
    L,
>;
/// A client of [`Repo`].
#[allow(dead_code, deprecated)]
pub type RepoClient<K, const N: usize, C = ::kit::__private::Channel> = ::kit::__private::Client<
    repo::__Contract<K, N>,
    C,
>;
/// The methods of [`Repo`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod repo {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract<K, const N: usize>(
        ::kit::__private::PhantomData<fn() -> (K,)>,
    );
    /// The method [`Repo::get`].
    pub struct Get<K, const N: usize>(::kit::__private::PhantomData<fn() -> (K,)>);
    /// The arguments of [`Repo::get`].
    pub struct GetRequest<K>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        pub key: K,
    }
    /// The method [`Repo::len`].
    pub struct Len<K, const N: usize>(::kit::__private::PhantomData<fn() -> (K,)>);
    /// The arguments of [`Repo::len`].
    pub struct LenRequest {}
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl<K, const N: usize> __kit::Method for repo::Get<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        type Request = repo::GetRequest<K>;
        type Response = Cow<'static, str>;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Repo", "get", "Get")
            .http(__kit::Verb::Post, "/repo/get", 200)
            .arguments(&[__kit::member("key", 1)]);
    }
    impl<K, const N: usize> __kit::Remote for repo::Get<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        type Arguments = (K,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |(key,)| repo::GetRequest { key };
        const UNPACK: __kit::Unpack<Self> = |r| (r.key,);
    }
    impl<K, const N: usize, S: Repo<'static, K, N> + __kit::Service> __kit::Dispatch<S>
    for repo::Get<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Repo<'static, K, N>>::get(s, r.key)
        }
    }
    impl<K, const N: usize> __kit::Method for repo::Len<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        type Request = repo::LenRequest;
        type Response = u64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Repo", "len", "Len")
            .http(__kit::Verb::Post, "/repo/len", 200);
    }
    impl<K, const N: usize> __kit::Remote for repo::Len<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        type Arguments = ();
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const PACK: __kit::Pack<Self> = |()| repo::LenRequest {};
        const UNPACK: __kit::Unpack<Self> = |_| ();
    }
    impl<K, const N: usize, S: Repo<'static, K, N> + __kit::Service> __kit::Dispatch<S>
    for repo::Len<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        fn run(s: &S, _: __kit::Cx<'_>, _: Self::Request) -> impl __kit::Call<Self> {
            <S as Repo<'static, K, N>>::len(s)
        }
    }
    impl<K, const N: usize> __kit::Contract for repo::__Contract<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
    {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Repo",
            "",
            &[
                __kit::MethodDescriptor::of::<repo::Get<K, N>>(),
                __kit::MethodDescriptor::of::<repo::Len<K, N>>(),
            ],
        );
    }
    impl<K, const N: usize, S, L> __kit::Mounted<S, L> for repo::__Contract<K, N>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
        S: Repo<'static, K, N> + __kit::Service,
        L: __kit::Middleware<repo::Get<K, N>> + __kit::Middleware<repo::Len<K, N>>
            + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Repo<'static, K, N>>::__kit_middleware();
            let overrides = <S as Repo<'static, K, N>>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<repo::Get<K, N>>();
            mounting.method::<repo::Len<K, N>>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Repo<'static, K, N>>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<K, const N: usize, C> Repo<'static, K, N>
    for __kit::Client<repo::__Contract<K, N>, C>
    where
        K: ::kit::__private::Send + ::kit::__private::Sync + 'static,
        K: Key<'static>,
        C: __kit::Endpoint<repo::Get<K, N>> + __kit::Endpoint<repo::Len<K, N>>
            + __kit::Send + __kit::Sync + 'static,
    {
        fn get(&self, key: K) -> impl __kit::Call<repo::Get<K, N>> {
            self.__call::<repo::Get<K, N>>(0, __kit::None, repo::GetRequest { key })
        }
        fn len(&self) -> impl __kit::Call<repo::Len<K, N>> {
            self.__call::<repo::Len<K, N>>(1, __kit::None, repo::LenRequest {})
        }
    }
};
