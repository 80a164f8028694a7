pub trait Streams {
    fn count(
        &self,
        upto: i64,
    ) -> impl ::kit::__private::Future<
        Output = Result<kit::Streaming<i64>, kit::Status>,
    > + ::kit::__private::Send;
    fn total(
        &self,
        values: kit::Streaming<Value>,
    ) -> impl ::kit::__private::Future<
        Output = Result<i64, kit::Status>,
    > + ::kit::__private::Send;
    fn echo(
        &self,
        values: Streaming<Value>,
    ) -> impl ::kit::__private::Future<
        Output = Result<Streaming<Value>, kit::Status>,
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
        streams::Count,
    > + ::kit::__private::Middleware<
        streams::Total,
    > + ::kit::__private::Middleware<streams::Echo> + ::kit::__private::Send + 'static
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
        ::kit::__private::mount::<streams::__Contract, Self>(self, routes);
    }
}
/// A server of [`Streams`].
#[allow(dead_code, deprecated)]
pub type StreamsServer<S, L = ::kit::__private::Identity> = ::kit::__private::ServiceServer<
    streams::__Contract,
    S,
    L,
>;
/// A client of [`Streams`].
#[allow(dead_code, deprecated)]
pub type StreamsClient<C = ::kit::__private::Channel> = ::kit::__private::Client<
    streams::__Contract,
    C,
>;
/// The methods of [`Streams`], as types.
#[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
#[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
pub mod streams {
    use super::*;
    #[doc(hidden)]
    pub struct __Contract;
    /// The names, routes, types and policies of the service.
    pub const DESCRIPTOR: ::kit::__private::ServiceDescriptor = *<__Contract as ::kit::__private::Contract>::DESCRIPTOR;
    /// The method [`Streams::count`].
    pub struct Count;
    /// The arguments of [`Streams::count`].
    pub struct CountRequest {
        pub upto: i64,
    }
    /// The method [`Streams::total`].
    pub struct Total;
    /// The arguments of [`Streams::total`].
    pub struct TotalRequest {
        pub values: kit::Streaming<Value>,
    }
    /// The method [`Streams::echo`].
    pub struct Echo;
    /// The arguments of [`Streams::echo`].
    pub struct EchoRequest {
        pub values: Streaming<Value>,
    }
}
#[allow(deprecated)]
const _: () = {
    use ::kit::__private as __kit;
    impl __kit::Method for streams::Count {
        type Request = streams::CountRequest;
        type Response = kit::Streaming<i64>;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Streams", "count", "Count")
            .grpc("/Streams/Count")
            .shape(__kit::Shape::ServerStreaming)
            .arguments(&[__kit::member("upto", 1)]);
    }
    impl __kit::Remote for streams::Count {
        type Arguments = (i64,);
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::fields(), __kit::stream());
        const PACK: __kit::Pack<Self> = |(upto,)| streams::CountRequest { upto };
        const UNPACK: __kit::Unpack<Self> = |r| (r.upto,);
    }
    impl<S: Streams + __kit::Service> __kit::Dispatch<S> for streams::Count {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Streams>::count(s, r.upto)
        }
    }
    impl __kit::Method for streams::Total {
        type Request = streams::TotalRequest;
        type Response = i64;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Streams", "total", "Total")
            .grpc("/Streams/Total")
            .shape(__kit::Shape::ClientStreaming)
            .arguments(&[__kit::Argument::new("values", __kit::Source::Stream, 1)]);
    }
    impl __kit::Remote for streams::Total {
        type Arguments = (kit::Streaming<Value>,);
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::streamed(), __kit::unary());
        const PACK: __kit::Pack<Self> = |(values,)| streams::TotalRequest { values };
        const UNPACK: __kit::Unpack<Self> = |r| (r.values,);
    }
    impl<S: Streams + __kit::Service> __kit::Dispatch<S> for streams::Total {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Streams>::total(s, r.values)
        }
    }
    impl __kit::Method for streams::Echo {
        type Request = streams::EchoRequest;
        type Response = Streaming<Value>;
        type Error = kit::Status;
        const META: __kit::Meta = &__kit::meta("Streams", "echo", "Echo")
            .grpc("/Streams/Echo")
            .shape(__kit::Shape::Bidirectional)
            .arguments(&[__kit::Argument::new("values", __kit::Source::Stream, 1)]);
    }
    impl __kit::Remote for streams::Echo {
        type Arguments = (Streaming<Value>,);
        const GRPC: __kit::Grpc<Self> = __kit::grpc(__kit::streamed(), __kit::stream());
        const PACK: __kit::Pack<Self> = |(values,)| streams::EchoRequest { values };
        const UNPACK: __kit::Unpack<Self> = |r| (r.values,);
    }
    impl<S: Streams + __kit::Service> __kit::Dispatch<S> for streams::Echo {
        fn run(s: &S, _: __kit::Cx<'_>, r: Self::Request) -> impl __kit::Call<Self> {
            <S as Streams>::echo(s, r.values)
        }
    }
    impl __kit::Contract for streams::__Contract {
        const DESCRIPTOR: &'static __kit::ServiceDescriptor = &__kit::ServiceDescriptor::new(
            "Streams",
            "",
            &[
                __kit::MethodDescriptor::of::<streams::Count>(),
                __kit::MethodDescriptor::of::<streams::Total>(),
                __kit::MethodDescriptor::of::<streams::Echo>(),
            ],
        );
    }
    impl<S, L> __kit::Mounted<S, L> for streams::__Contract
    where
        S: Streams + __kit::Service,
        L: __kit::Middleware<streams::Count> + __kit::Middleware<streams::Total>
            + __kit::Middleware<streams::Echo> + __kit::Service,
    {
        fn mount(server: &__kit::ServiceServer<Self, S, L>, routes: &mut __kit::Routes) {
            let own = <S as Streams>::__kit_middleware();
            let overrides = <S as Streams>::__kit_overrides;
            #[allow(unused)]
            let mut mounting = __kit::Mounting::new(server, routes, own, overrides);
            mounting.method::<streams::Count>();
            mounting.method::<streams::Total>();
            mounting.method::<streams::Echo>();
        }
        fn overrides(method: &'static __kit::str) -> __kit::Overrides {
            <S as Streams>::__kit_overrides(method)
        }
    }
    #[allow(refining_impl_trait)]
    impl<C> Streams for __kit::Client<streams::__Contract, C>
    where
        C: __kit::Endpoint<streams::Count> + __kit::Endpoint<streams::Total>
            + __kit::Endpoint<streams::Echo> + __kit::Send + __kit::Sync,
    {
        fn count(&self, upto: i64) -> impl __kit::Call<streams::Count> {
            self.__call::<streams::Count>(0, __kit::None, streams::CountRequest { upto })
        }
        fn total(
            &self,
            values: kit::Streaming<Value>,
        ) -> impl __kit::Call<streams::Total> {
            self.__call::<
                    streams::Total,
                >(1, __kit::None, streams::TotalRequest { values })
        }
        fn echo(&self, values: Streaming<Value>) -> impl __kit::Call<streams::Echo> {
            self.__call::<streams::Echo>(2, __kit::None, streams::EchoRequest { values })
        }
    }
};
