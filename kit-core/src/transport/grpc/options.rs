//! The bounds and choices of a client, with their defaults in one place.

use std::time::Duration;

use super::compression::Encoding;

/// The bounds of a [`GrpcChannel`](super::GrpcChannel). Sizes are in bytes.
///
/// ```
/// use kit::transport::grpc::GrpcOptions;
///
/// let options = GrpcOptions { message: 1 << 20, ..GrpcOptions::default() };
/// assert_eq!(options.message, 1_048_576);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcOptions {
    /// The longest that a connection may take to be made. Default 5 s.
    pub connect_timeout: Duration,
    /// The largest message received, after decompression. Default 4 MiB.
    pub message: usize,
    /// The largest header list received. Default 16 KiB.
    pub header_list: u32,
    /// The receive window of a stream. Default 1 MiB.
    pub stream_window: u32,
    /// The receive window of the connection. Default 2 MiB.
    pub connection_window: u32,
    /// The most bytes of one stream that wait to be sent. Default 1 MiB.
    pub send_buffer: usize,
    /// How often the connection is probed with an HTTP/2 ping; `None`, the
    /// default, sends none: many servers close a connection for pings more
    /// frequent than every 5 min. TCP's own probes find a peer that vanished.
    pub keep_alive_interval: Option<Duration>,
    /// How long a ping may stay unanswered. Default 20 s.
    pub keep_alive_timeout: Duration,
    /// How requests are compressed. Default not at all. Responses may come
    /// compressed by whatever this build knows.
    pub compression: Option<Encoding>,
    /// The smallest message that is compressed. Default 1 KiB.
    pub compression_min: usize,
}

impl Default for GrpcOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            message: 4 << 20,
            header_list: 16 << 10,
            stream_window: 1 << 20,
            connection_window: 2 << 20,
            send_buffer: 1 << 20,
            keep_alive_interval: None,
            keep_alive_timeout: Duration::from_secs(20),
            compression: None,
            compression_min: 1 << 10,
        }
    }
}
