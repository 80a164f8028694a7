//! A channel whose transport is chosen at run time, by the URL's scheme.

use crate::context::Context;
use crate::endpoint::Endpoint;
use crate::method::Outcome;
use crate::status::Status;
use crate::transport::Remote;

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
        let url = url.as_ref();
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
    }
}

#[cfg_attr(
    not(any(feature = "http", feature = "grpc")),
    expect(unused_variables, reason = "no transport is built in")
)]
impl<M: Remote> Endpoint<M> for Channel {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        // By place and not by reference, so that no transport at all is no case.
        match self.0 {
            #[cfg(feature = "http")]
            Kind::Http(ref channel) => channel.call::<M>(cx, request).await,
            #[cfg(feature = "grpc")]
            Kind::Grpc(ref channel) => channel.call::<M>(cx, request).await,
        }
    }
}
