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
use crate::transport::codec::{Codec, RequestOut, ResponseIn, wrong_codec};
#[cfg(feature = "grpc")]
use crate::transport::grpc::{self, GrpcChannel};
#[cfg(feature = "http")]
use crate::transport::http::{self, HttpChannel};

/// A connection to a service over one of its transports.
#[derive(Clone, Debug)]
pub struct Channel(Kind);

#[derive(Clone, Debug)]
enum Kind {
    #[cfg(feature = "http")]
    Http(HttpChannel),
    #[cfg(feature = "grpc")]
    Grpc(GrpcChannel),
}

impl Channel {
    /// Connects to a URL; its scheme names the transport.
    ///
    /// # Errors
    /// `invalid_argument`: the URL is invalid, or its scheme names no transport of
    /// this build. An unreachable peer fails here over gRPC, but over HTTP/JSON
    /// only with the first call, which opens the connection.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        Self::connect_to(url.as_ref()).await
    }

    /// Boxed, so that it is compiled here and not in the caller's crate.
    fn connect_to(url: &str) -> Pin<Box<dyn Future<Output = Result<Self, Status>> + Send + '_>> {
        Box::pin(async move {
            match url.split_once("://").map(|(scheme, _)| scheme) {
                #[cfg(feature = "http")]
                Some("http") => Ok(Self(Kind::Http(HttpChannel::connect(url).await?))),
                #[cfg(feature = "grpc")]
                Some("grpc") => Ok(Self(Kind::Grpc(GrpcChannel::connect(url).await?))),
                _ => Err(Status::invalid_argument(format!(
                    "`{url}` has no known scheme: expected a URL like http://host:port or grpc://host:port"
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
    /// Makes a call. Only this part is compiled per method.
    async fn send<M: Remote>(
        &self,
        driver: Option<ErasedDriver<'_>>,
        cx: Option<&Context>,
        request: M::Request,
    ) -> Outcome<M> {
        let mut response = None;
        let outcome = match self.codec::<M>() {
            Ok(codec) => {
                let mut read = |bytes: ResponseIn| match (codec.read_response)(bytes) {
                    Ok(read) => {
                        response = Some(read);
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
        match (outcome, response) {
            (Ok(()), Some(response)) => Ok(response),
            (Ok(()), None) => Err(M::Error::from_status(wrong_codec())),
            (Err(status), _) => Err(M::Error::from_status(status)),
        }
    }

    fn codec<M: Remote>(&self) -> Result<Codec<M>, Status> {
        // Matches the place and not a reference, so that it compiles without arms
        // in a build without transports.
        match self.0 {
            #[cfg(feature = "http")]
            Kind::Http(_) => match M::HTTP {
                Some(binding) => Ok(binding.codec()),
                None => Err(http::no_binding(M::META)),
            },
            #[cfg(feature = "grpc")]
            Kind::Grpc(_) => match M::GRPC {
                Some(binding) => Ok(binding.codec()),
                None => Err(grpc::no_binding(M::META)),
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
    ) -> Result<ResponseIn, Status> {
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
    /// Decodes and stores the response.
    read: &'a mut (dyn FnMut(ResponseIn) -> Result<(), Status> + Send),
}

impl<'a> Call<'a> {
    /// Makes the call, under the client's policies if it has any. The box
    /// keeps a transport's code out of the caller's crate.
    fn run(
        self,
        driver: Option<ErasedDriver<'a>>,
        cx: Option<&'a Context>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>> {
        Box::pin(async move {
            match (driver, cx) {
                (Some(driver), cx) => match ClientDriver::of(driver) {
                    Some(driver) => driver.drive(cx, self).await,
                    // Never without the policies that the caller declared.
                    None => Err(Status::internal(
                        "a channel met the driver of another client",
                    )),
                },
                (None, Some(cx)) => self.exchange(cx).await,
                (None, None) => self.exchange(&Context::current()).await,
            }
        })
    }

    async fn exchange(self, cx: &Context) -> Result<(), Status> {
        let response = self.channel.exchange(self.meta, cx, self.request?).await?;
        (self.read)(response)
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
        self.exchange(cx)
    }
}

#[cfg(feature = "http")]
impl From<HttpChannel> for Channel {
    fn from(channel: HttpChannel) -> Self {
        Self(Kind::Http(channel))
    }
}

#[cfg(feature = "grpc")]
impl From<GrpcChannel> for Channel {
    fn from(channel: GrpcChannel) -> Self {
        Self(Kind::Grpc(channel))
    }
}

#[cfg(feature = "http")]
impl<M: Remote> Endpoint<M> for HttpChannel {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        <Channel as Endpoint<M>>::call(&Channel::from(self.clone()), cx, request).await
    }
}

#[cfg(feature = "grpc")]
impl<M: Remote> Endpoint<M> for GrpcChannel {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        <Channel as Endpoint<M>>::call(&Channel::from(self.clone()), cx, request).await
    }
}
