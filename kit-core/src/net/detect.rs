//! Detects the version of HTTP from a connection's first bytes.
//!
//! An HTTP/2 client with prior knowledge opens with a preface of 24 bytes that no
//! HTTP/1 request starts with. The first read nearly always decides; the bytes
//! read are returned, so that nothing is read twice.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt as _;

use crate::net::stream::Stream;

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Enough to read the head of most requests at once, in bytes.
const FIRST_READ: usize = 1024;

/// The version of HTTP that a client opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// Reads until the protocol is known; `None` if the client closes first.
pub(crate) async fn detect(stream: &mut Stream) -> io::Result<Option<(Protocol, Bytes)>> {
    let mut read = BytesMut::with_capacity(FIRST_READ);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            // This is not the preface: HTTP/1 reports what is wrong with it.
            let protocol = (!read.is_empty()).then_some(Protocol::Http1);
            return Ok(protocol.map(|protocol| (protocol, read.freeze())));
        }
        if let Some(protocol) = protocol_of(&read) {
            return Ok(Some((protocol, read.freeze())));
        }
    }
}

fn protocol_of(read: &[u8]) -> Option<Protocol> {
    let known = read.len().min(PREFACE.len());
    if read[..known] != PREFACE[..known] {
        Some(Protocol::Http1)
    } else if known == PREFACE.len() {
        Some(Protocol::Http2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_preface_is_http_2() {
        let check = |read: &[u8], expected| assert_eq!(protocol_of(read), expected);
        check(b"", None);
        check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", None);
        check(PREFACE, Some(Protocol::Http2));
        check(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore",
            Some(Protocol::Http2),
        );
        check(b"P", None);
        check(b"POST / HTTP/1.1\r\n", Some(Protocol::Http1));
        check(b"PRI * HTTP/1.1\r\n", Some(Protocol::Http1));
        check(b"\x16\x03\x01", Some(Protocol::Http1));
    }
}
