//! [`Client::connect`]: connects a client by URL.

use crate::client::Client;
use crate::model::status::Status;
use crate::service::Contract;
use crate::transport::Channel;

impl<T: Contract> Client<T, Channel> {
    /// A client of a service at a URL; its scheme names the transport
    /// (`http://` for HTTP/JSON, `grpc://` for gRPC).
    ///
    /// # Errors
    /// The URL can't be read, or the peer can't be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        Channel::connect(url).await.map(Self::new)
    }
}
