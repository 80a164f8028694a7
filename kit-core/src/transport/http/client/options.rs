//! The options of an HTTP/JSON channel, with their defaults in one place.

use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::transport::options::options;

options! {
    /// The options of an [`HttpChannel`](super::HttpChannel).
    ///
    /// ```
    /// use std::time::Duration;
    /// use kit::transport::http::{HttpChannel, HttpOptions};
    ///
    /// let options = HttpOptions::new()
    ///     .connect_timeout(Duration::from_millis(500))
    ///     .body(1 << 20);
    /// let channel = HttpChannel::lazy("http://127.0.0.1:8080/v1", options)?;
    /// # Ok::<(), kit::Status>(())
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct HttpOptions {
        /// The longest that connecting may take. Default 5 s.
        connect_timeout: Duration = Duration::from_secs(5),
        /// How long an idle connection is kept. Default 90 s.
        idle_timeout: Duration = Duration::from_secs(90),
        /// The most idle connections. Default 256.
        idle_connections_max: usize = 256,
        /// The largest response body, in bytes. Default 4 MiB.
        body: usize = 4 << 20,
        /// Whether to use HTTP/2 with prior knowledge, over one connection,
        /// instead of HTTP/1.1. Default `false`.
        http2: bool = false,
    }
}

impl HttpOptions {
    /// Creates a client with these options.
    pub(super) fn client<B>(&self) -> Client<HttpConnector, B>
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
