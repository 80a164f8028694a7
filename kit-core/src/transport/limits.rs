//! The limits of a server, with their defaults in one place.
//!
//! Each is set explicitly on hyper and h2: a limit that a library leaves unset
//! may mean "unlimited", which hostile peers look for.

use std::time::Duration;

use super::options::options;

options! {
    /// The limits of a server: those of every connection, and those of each
    /// protocol. Sizes are in bytes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use kit::{GrpcLimits, HttpLimits, Limits};
    ///
    /// let mut limits = Limits::default();
    /// limits.idle_timeout = Duration::from_secs(60);
    /// limits.grpc.message = 16 << 20;
    ///
    /// // Or with setters, as in a constant:
    /// const LIMITS: Limits = Limits::new()
    ///     .idle_timeout(Duration::from_secs(60))
    ///     .grpc(GrpcLimits::new().message(16 << 20));
    /// assert_eq!(LIMITS, limits);
    /// assert_eq!(LIMITS.http, HttpLimits::default());
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Limits {
        /// The most concurrent connections, at least 1; more wait in the
        /// listener's backlog. Default 10,000.
        connections: usize = 10_000,
        /// The longest that a connection may be idle; one that has served
        /// requests may be closed up to an eighth earlier. Default 5 min.
        idle_timeout: Duration = Duration::from_secs(300),
        /// The longest that a peer may read none of the bytes pending for it.
        /// Default 30 s.
        write_timeout: Duration = Duration::from_secs(30),
        /// The largest header list of a request, in bytes. Default 16 KiB.
        header_list: usize = 16 << 10,
        /// The longest that the first bytes of a connection, and the headers of
        /// an HTTP/1 request, may take to arrive. Default 10 s.
        header_timeout: Duration = Duration::from_secs(10),
        /// The longest that the body of an HTTP/JSON request or the message of
        /// a unary gRPC request may take to arrive. Default 30 s.
        body_timeout: Duration = Duration::from_secs(30),
        /// The limits of HTTP/JSON requests.
        http: HttpLimits = HttpLimits::new(),
        /// The limits of gRPC requests.
        grpc: GrpcLimits = GrpcLimits::new(),
        /// The limits of HTTP/1 connections.
        http1: Http1Limits = Http1Limits::new(),
        /// The limits of HTTP/2 connections.
        http2: Http2Limits = Http2Limits::new(),
    }
}

options! {
    /// The limits of HTTP/JSON requests, over either version of HTTP.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct HttpLimits {
        /// The largest body, in bytes. Default 4 MiB.
        body: usize = 4 << 20,
    }
}

options! {
    /// The limits of gRPC requests.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GrpcLimits {
        /// The largest message, in bytes after decompression. Default 4 MiB.
        message: usize = 4 << 20,
    }
}

options! {
    /// The limits of HTTP/1 connections.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Http1Limits {
        /// The most headers of a request. Default 100.
        header_count: usize = 100,
        /// The largest buffer in each direction, in bytes, at least 8 KiB.
        /// Default 256 KiB.
        buffer: usize = 256 << 10,
    }
}

options! {
    /// The limits of HTTP/2 connections.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Http2Limits {
        /// The most concurrent streams per connection. Default 100.
        concurrent_streams: u32 = 100,
        /// The most streams that were reset by the peer and are not yet
        /// released; one more closes the connection. Default 20.
        pending_resets: usize = 20,
        /// The most streams that the server has reset because of errors of the
        /// peer; one more closes the connection. Default 1,024.
        local_resets: usize = 1024,
        /// The receive window of a stream, in bytes. Default 256 KiB.
        stream_window: u32 = 256 << 10,
        /// The receive window of a connection, in bytes. Default 1 MiB.
        connection_window: u32 = 1 << 20,
        /// The largest frame that a peer may send, in bytes, 16 KiB to 16 MiB.
        /// Default 16 KiB.
        frame: u32 = 16 << 10,
        /// The most response bytes that wait to be sent on a stream. Default
        /// 400 KiB.
        send_buffer: usize = 400 << 10,
        /// The interval of PING frames. Default 60 s.
        keep_alive_interval: Duration = Duration::from_secs(60),
        /// The longest that a PING may be unacknowledged, and that an idle
        /// connection may take to close. Default 20 s.
        keep_alive_timeout: Duration = Duration::from_secs(20),
    }
}
