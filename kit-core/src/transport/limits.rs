//! The bounds of a server, with their defaults in one place.
//!
//! Every one is set explicitly on hyper and h2: a limit that a library leaves
//! unset may mean "none", and a server meets peers that look for that.

use std::time::Duration;

/// The bounds of a server. Sizes are in bytes.
///
/// ```
/// let limits = kit::Limits { body: 1 << 20, ..kit::Limits::default() };
/// assert_eq!(limits.body, 1_048_576);
/// assert_eq!(limits.header_count, 100);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest HTTP/JSON body. Default 4 MiB.
    pub body: usize,
    /// The largest gRPC message, after decompression. Default 4 MiB.
    pub message: usize,
    /// The most headers of an HTTP/1 request. Default 100.
    pub header_count: usize,
    /// The largest header list, either version of HTTP. Default 16 KiB.
    pub header_list: usize,
    /// The longest that the headers of an HTTP/1 request may take, and the
    /// first bytes of a connection. Default 10 s.
    pub header_timeout: Duration,
    /// The longest that a body may take to arrive whole. Default 30 s.
    pub body_timeout: Duration,
    /// The longest that a peer may take none of the bytes that wait for it.
    /// Default 30 s.
    pub write_timeout: Duration,
    /// The longest that a connection may stay idle; one that has answered
    /// calls may be closed an eighth sooner. Default 5 min.
    pub idle_timeout: Duration,
    /// The largest buffer of an HTTP/1 connection, each way; 8 KiB at least.
    /// Default 256 KiB.
    pub http1_buffer: usize,
    /// The most HTTP/2 streams at once on one connection. Default 100.
    pub concurrent_streams: u32,
    /// The most streams that a peer has reset and that are not yet cleaned
    /// up, before the connection is closed. Default 20.
    pub pending_resets: usize,
    /// The most streams that this side has reset for a peer's errors, before
    /// the connection is closed. Default 1,024.
    pub local_resets: usize,
    /// The receive window of an HTTP/2 stream. Default 256 KiB.
    pub stream_window: u32,
    /// The receive window of an HTTP/2 connection. Default 1 MiB.
    pub connection_window: u32,
    /// The largest HTTP/2 frame that a peer may send; 16 KiB to 16 MiB.
    /// Default 16 KiB.
    pub frame: u32,
    /// The most bytes of answers that wait on one HTTP/2 stream. Default
    /// 400 KiB.
    pub stream_send_buffer: usize,
    /// How often an HTTP/2 connection is probed. Default 60 s.
    pub keep_alive_interval: Duration,
    /// How long a probe may stay unanswered. Default 20 s.
    pub keep_alive_timeout: Duration,
    /// The most connections at once; more wait in the listener's backlog.
    /// Default 10,000.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 << 20,
            message: 4 << 20,
            header_count: 100,
            header_list: 16 << 10,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(300),
            http1_buffer: 256 << 10,
            concurrent_streams: 100,
            pending_resets: 20,
            local_resets: 1024,
            stream_window: 256 << 10,
            connection_window: 1 << 20,
            frame: 16 << 10,
            stream_send_buffer: 400 << 10,
            keep_alive_interval: Duration::from_secs(60),
            keep_alive_timeout: Duration::from_secs(20),
            connections: 10_000,
        }
    }
}
