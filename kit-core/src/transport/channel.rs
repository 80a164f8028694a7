//! A channel whose transport is chosen at run time, by the URL's scheme.

use std::future::Future;
use std::pin::Pin;

use crate::model::attempt::{Attempt, CallClock, Driver, ErasedDriver};
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::Endpoint;
use crate::model::method::Outcome;
use crate::model::service_error::ServiceError as _;
use crate::model::status::Status;
use crate::pipeline::driver::ClientDriver;
use crate::transport::Remote;
use crate::transport::codec::{Codec, ReplyIn, RequestOut, wrong_codec};

/// A connection to a service over one of its transports.
#[derive(Clone, Debug)]
pub struct Channel(Kind);

#[derive(Clone, Debug)]
enum Kind {
    #[cfg(feature = "http")]
    Http(crate::transport::http::HttpChannel),
    #[cfg(feature = "grpc")]
    Grpc(crate::transport::grpc::GrpcChannel),
}

impl Channel {
    /// Connects to a URL; its scheme names the transport.
    ///
    /// # Errors
    /// The URL can't be read, names no transport that is built in, or the
    /// peer can't be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        Self::connect_to(url.as_ref()).await
    }

    /// Boxed, so that it is compiled here and not by those who call it.
    fn connect_to(url: &str) -> Pin<Box<dyn Future<Output = Result<Self, Status>> + Send + '_>> {
        Box::pin(async move {
            match url.split_once("://").map(|(scheme, _)| scheme) {
                #[cfg(feature = "http")]
                Some("http") => Ok(Self(Kind::Http(
                    crate::transport::http::HttpChannel::connect(url).await?,
                ))),
                #[cfg(feature = "grpc")]
                Some("grpc") => Ok(Self(Kind::Grpc(
                    crate::transport::grpc::GrpcChannel::connect(url).await?,
                ))),
                _ => Err(Status::invalid_argument(format!(
                    "`{url}` names no transport: expected a URL like http://host:port or grpc://host:port"
                ))),
            }
        })
    }
}

impl<M: Remote> Endpoint<M> for Channel {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        self.send::<M>(None, Some(cx), request)
    }

    fn __drive<'d, D: Driver<'d>>(
        &self,
        driver: D,
        cx: Option<&Context>,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.send::<M>(Some(driver.erased()), cx, request)
    }
}

impl Channel {
    /// Makes a call: the one part that is compiled for every method.
    async fn send<M: Remote>(
        &self,
        driver: Option<ErasedDriver<'_>>,
        cx: Option<&Context>,
        request: M::Request,
    ) -> Outcome<M> {
        let mut reply = None;
        let outcome = match self.codec::<M>() {
            Ok(codec) => {
                let mut read = |bytes: ReplyIn| match (codec.read_reply)(bytes) {
                    Ok(read) => {
                        reply = Some(read);
                        Ok(())
                    }
                    Err(status) => Err(status),
                };
                let call = Call {
                    channel: self,
                    meta: M::META,
                    request: (codec.write_request)(request),
                    read: &mut read,
                };
                call.run(driver, cx).await
            }
            Err(status) => Err(status),
        };
        match (outcome, reply) {
            (Ok(()), Some(reply)) => Ok(reply),
            (Ok(()), None) => Err(M::Error::from_status(wrong_codec())),
            (Err(status), _) => Err(M::Error::from_status(status)),
        }
    }

    fn codec<M: Remote>(&self) -> Result<Codec<M>, Status> {
        // By place and not by reference, so that no transport at all is no case.
        match self.0 {
            #[cfg(feature = "http")]
            Kind::Http(_) => match M::HTTP {
                Some(binding) => Ok(binding.codec()),
                None => Err(crate::transport::http::no_binding(M::META)),
            },
            #[cfg(feature = "grpc")]
            Kind::Grpc(_) => match M::GRPC {
                Some(binding) => Ok(binding.codec()),
                None => Err(crate::transport::grpc::no_binding(M::META)),
            },
        }
    }

    #[cfg_attr(
        not(any(feature = "http", feature = "grpc")),
        expect(unused_variables, reason = "no transport is built in")
    )]
    async fn exchange(
        &self,
        meta: &'static MethodMeta,
        cx: &Context,
        request: RequestOut,
    ) -> Result<ReplyIn, Status> {
        match self.0 {
            #[cfg(feature = "http")]
            Kind::Http(ref channel) => channel.exchange(meta, cx, request).await,
            #[cfg(feature = "grpc")]
            Kind::Grpc(ref channel) => channel.exchange(meta, cx, request).await,
        }
    }
}

/// A call whose types are erased.
struct Call<'a> {
    channel: &'a Channel,
    meta: &'static MethodMeta,
    request: Result<RequestOut, Status>,
    /// Keeps the reply.
    read: &'a mut (dyn FnMut(ReplyIn) -> Result<(), Status> + Send),
}

impl<'a> Call<'a> {
    /// Makes the call, under policies where there are any. The box is what
    /// keeps a transport's code out of the crates that call it.
    fn run(
        self,
        driver: Option<ErasedDriver<'a>>,
        cx: Option<&'a Context>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>> {
        Box::pin(async move {
            match (driver.and_then(ClientDriver::of), cx) {
                (Some(driver), cx) => driver.drive(cx, self).await,
                (None, Some(cx)) => self.make(cx).await,
                (None, None) => self.make(&Context::current()).await,
            }
        })
    }

    async fn make(self, cx: &Context) -> Result<(), Status> {
        let reply = self.channel.exchange(self.meta, cx, self.request?).await?;
        (self.read)(reply)
    }
}

impl Attempt for Call<'_> {
    type Value = ();
    type Error = Status;

    fn attempt<T: CallClock>(
        self,
        cx: &Context,
        _: &mut T,
    ) -> impl Future<Output = Result<(), Status>> + Send {
        self.make(cx)
    }
}

#[cfg(feature = "http")]
impl From<crate::transport::http::HttpChannel> for Channel {
    fn from(channel: crate::transport::http::HttpChannel) -> Self {
        Self(Kind::Http(channel))
    }
}

#[cfg(feature = "grpc")]
impl From<crate::transport::grpc::GrpcChannel> for Channel {
    fn from(channel: crate::transport::grpc::GrpcChannel) -> Self {
        Self(Kind::Grpc(channel))
    }
}

#[cfg(feature = "http")]
impl<M: Remote> Endpoint<M> for crate::transport::http::HttpChannel {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        <Channel as Endpoint<M>>::call(&Channel::from(self.clone()), cx, request).await
    }
}

#[cfg(feature = "grpc")]
impl<M: Remote> Endpoint<M> for crate::transport::grpc::GrpcChannel {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        <Channel as Endpoint<M>>::call(&Channel::from(self.clone()), cx, request).await
    }
}
