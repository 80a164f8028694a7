//! The options of a gRPC channel, with their defaults in one place.

use std::time::Duration;

use super::compression::Encoding;
use crate::transport::options::options;

options! {
    /// The options of a [`GrpcChannel`](super::GrpcChannel). Sizes are in bytes.
    ///
    /// ```
    /// use kit::transport::grpc::GrpcOptions;
    ///
    /// let options = GrpcOptions::new().message(16 << 20);
    /// assert_eq!(options.message, 16_777_216);
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GrpcOptions {
        /// The longest that connecting may take. Default 5 s.
        connect_timeout: Duration = Duration::from_secs(5),
        /// The largest response message, in bytes after decompression. Default
        /// 4 MiB.
        message: usize = 4 << 20,
        /// The largest header list of a response, in bytes. Default 16 KiB.
        header_list: u32 = 16 << 10,
        /// The receive window of a stream, in bytes. Default 1 MiB.
        stream_window: u32 = 1 << 20,
        /// The receive window of the connection, in bytes. Default 2 MiB.
        connection_window: u32 = 2 << 20,
        /// The most request bytes that wait to be sent on a stream. Default
        /// 1 MiB.
        send_buffer: usize = 1 << 20,
        /// The interval of HTTP/2 PING frames; `None` sends none. Default
        /// `None`.
        ///
        /// Many servers close a connection with pings more frequent than every
        /// 5 min. TCP keep-alive detects a peer that has vanished.
        keep_alive_interval: Option<Duration> = None,
        /// The longest that a PING may be unacknowledged. Default 20 s.
        keep_alive_timeout: Duration = Duration::from_secs(20),
        /// The compression of requests; `None` sends them uncompressed. Default
        /// `None`. Responses may use any encoding that this build supports.
        compression: Option<Encoding> = None,
        /// The smallest message that is compressed, in bytes. Default 1 KiB.
        compression_min: usize = 1 << 10,
    }
}
