pub trait Whole {
    fn echo(
        &self,
        message: Message,
    ) -> impl ::kit::__private::Future<
        Output = Result<Message, kit::Status>,
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
        whole::Echo,
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
        ::kit::__private::mount::<whole::__Contract, Self>(self, routes);
    }
}
/// A server of [`Whole`].
#[allow(dead_code, deprecated)]
pub type WholeServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    whole::__Contract,
    S,
    L,
>;
/// A client of [`Whole`].
#[allow(dead_code, deprecated)]
pub type WholeClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    whole::__Contract,
    C,
>;
/// The methods of [`Whole`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod whole {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Whole::echo`].
    pub struct Echo;
    /// The arguments of [`Whole::echo`].
    pub struct EchoRequest {
        pub message: Message,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for whole::Echo {
        type Request = whole::EchoRequest;
        type Response = Message;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Whole", "echo", "Echo")
            .http(__kit::Verb::Post, "/whole/echo", 200)
            .grpc("/Whole/Echo")
            .arguments(&[__kit::Argument::new("message", __kit::Source::Body, 1)]);
    }
    impl __kit::Remote for whole::Echo {
        type Arguments = (Message,);
        const HTTP: __kit::Http<Self> = __kit::http(__kit::arguments(), __kit::reply());
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::whole(), __kit::unary());
        const PACK: __kit::Pack<Self> = |(message,)| whole::EchoRequest { message };
        const UNPACK: __kit::Unpack<Self> = |r| (r.message,);
    }
    impl<S: Whole + __kit::Service> __kit::Dispatch<S> for whole::Echo {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Whole>::echo(s, r.message)
        }
    }
    impl __kit::Contract for whole::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Whole",
            "",
            &[__kit::MethodDescriptor::of::<whole::Echo>()],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for whole::__Contract
    where
        S: Whole + __kit::Service,
        L: __kit::Middleware<whole::Echo> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Whole>::__kit_middleware();
            let overrides = <S as Whole>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<whole::Echo>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Whole>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Whole for __kit::Client<whole::__Contract, C>
    where
        C: __kit::Endpoint<whole::Echo> + __kit::Send + __kit::Sync,
    {
        fn echo(&self, message: Message) -> impl __kit::Call<whole::Echo> {
            self.__call::<whole::Echo>(0, __kit::None, whole::EchoRequest { message })
        }
    }
};
