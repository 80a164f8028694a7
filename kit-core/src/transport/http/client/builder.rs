//! Options of a channel over HTTP/JSON.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{HttpChannel, Shared};
use crate::model::status::Status;

/// Options of an [`HttpChannel`].
///
/// ```
/// use std::time::Duration;
/// use kit::transport::http::HttpChannel;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let channel = HttpChannel::builder()
///     .connect_timeout(Duration::from_millis(500))
///     .response_limit(1 << 20)
///     .build("http://127.0.0.1:8080/v1")?;
/// # Ok::<_, kit::Status>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpChannelBuilder {
    connect_timeout: Duration,
    idle_timeout: Duration,
    idle_connections_max: usize,
    response_limit: usize,
    http2: bool,
}

impl Default for HttpChannelBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(90),
            idle_connections_max: 256,
            response_limit: 4 << 20,
            http2: false,
        }
    }
}

impl HttpChannelBuilder {
    /// The longest that connecting may take. Default 5 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an unused connection is kept. Default 90 s.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// The most unused connections that are kept. Default 256.
    #[must_use]
    pub fn idle_connections_max(mut self, connections: usize) -> Self {
        self.idle_connections_max = connections;
        self
    }

    /// The largest body of an answer, in bytes. Default 4 MiB.
    #[must_use]
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Speaks HTTP/2 from the first byte, over one connection. The server
    /// must be known to take it. Default HTTP/1.1.
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// A channel to a base URL such as `http://127.0.0.1:8080/v1`.
    ///
    /// # Errors
    /// The URL can't be read, is not `http://`, or has credentials or a query.
    pub fn build(&self, url: &str) -> Result<HttpChannel, Status> {
        let refused = |why: &str| {
            Status::invalid_argument(format!(
                "`{url}`: {why}, expected a URL like http://host:port/prefix"
            ))
        };
        let uri: Uri = url.parse().map_err(|error| refused(&format!("{error}")))?;
        if uri.scheme_str() != Some("http") {
            return Err(refused("not an http:// URL"));
        }
        if uri.query().is_some() {
            return Err(refused("has a query"));
        }
        let Some(authority) = uri.authority().cloned() else {
            return Err(refused("names no host"));
        };
        if authority.as_str().contains('@') {
            return Err(refused("credentials go into metadata"));
        }
        Ok(HttpChannel(Arc::new(Shared {
            client: self.client(),
            authority,
            prefix: uri.path().trim_end_matches('/').to_owned(),
            response_limit: self.response_limit,
        })))
    }

    fn client<B>(&self) -> Client<HttpConnector, B>
    where
        B: http_body::Body + Send,
        B::Data: Send,
    {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(self.connect_timeout));
        Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_timeout)
            .pool_max_idle_per_host(self.idle_connections_max)
            .http2_only(self.http2)
            .build(connector)
    }
}
