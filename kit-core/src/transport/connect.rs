//! [`Client::connect`]: connects a client by URL.

use crate::client::Client;
use crate::model::status::Status;
use crate::service::Contract;
use crate::transport::Channel;

impl<T: Contract> Client<T, Channel> {
    /// Creates a client of a service at a URL; its scheme names the transport
    /// (`http://` for HTTP/JSON, `grpc://` for gRPC).
    ///
    /// # Errors
    /// As for [`Channel::connect`].
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        Channel::connect(url).await.map(Self::new)
    }
}
