//! Compression of single messages, with a limit on the size after
//! decompression.

// With neither feature, `Encoding` has no variant and code that takes one is
// unreachable.
#![cfg_attr(
    not(any(feature = "gzip", feature = "zstd")),
    allow(unreachable_code, unused_variables, unused_mut, dead_code)
)]

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::HeaderValue;

use crate::model::status::Status;

/// A compression of messages. The features `gzip` and `zstd` add variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// gzip, supported by every gRPC implementation.
    #[cfg(feature = "gzip")]
    Gzip,
    /// Zstandard: smaller and faster, supported by fewer implementations.
    #[cfg(feature = "zstd")]
    Zstd,
}

/// The encodings that this build can read, in the form of `grpc-accept-encoding`.
pub(super) const ACCEPTED: &str = match (cfg!(feature = "gzip"), cfg!(feature = "zstd")) {
    (true, true) => "gzip,zstd,identity",
    (true, false) => "gzip,identity",
    (false, true) => "zstd,identity",
    (false, false) => "identity",
};

/// [`ACCEPTED`] as a header value.
pub(super) const fn accepted() -> HeaderValue {
    HeaderValue::from_static(ACCEPTED)
}

/// Whether this build supports any compression.
pub(super) const ANY: bool = cfg!(any(feature = "gzip", feature = "zstd"));

impl Encoding {
    /// The name in `grpc-encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => "gzip",
            #[cfg(feature = "zstd")]
            Self::Zstd => "zstd",
        }
    }

    /// Parses `grpc-encoding`; `identity` is `None`.
    pub(super) fn parse(name: &HeaderValue) -> Result<Option<Self>, Status> {
        match name.as_bytes() {
            b"identity" => Ok(None),
            #[cfg(feature = "gzip")]
            b"gzip" => Ok(Some(Self::Gzip)),
            #[cfg(feature = "zstd")]
            b"zstd" => Ok(Some(Self::Zstd)),
            name => Err(unknown(name)),
        }
    }

    /// Whether a peer's `grpc-accept-encoding` names this one.
    pub(super) fn is_in(self, accepted: &HeaderValue) -> bool {
        accepted
            .as_bytes()
            .split(|byte| *byte == b',')
            .any(|name| name.trim_ascii() == self.name().as_bytes())
    }

    /// Appends `message` to `out`, compressed.
    pub(super) fn compress(self, message: &[u8], out: &mut BytesMut) -> Result<(), Status> {
        let copied: std::io::Result<()> = match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => {
                let level = flate2::Compression::fast();
                let mut reader = flate2::read::GzEncoder::new(message, level);
                copy(&mut reader, usize::MAX, out)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => zstd::stream::read::Encoder::with_buffer(message, 0)
                .and_then(|mut reader| copy(&mut reader, usize::MAX, out)),
        };
        copied.map_err(|error| {
            Status::internal("a message could not be compressed").with_source(error)
        })
    }

    /// Decompresses a message of at most `limit` bytes. A longer one fails
    /// before it is decompressed to its end.
    pub(super) fn decompress(self, message: &[u8], limit: usize) -> Result<Bytes, Status> {
        let mut out = BytesMut::new();
        let copied: std::io::Result<()> = match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => {
                let mut reader = flate2::bufread::MultiGzDecoder::new(message);
                copy(&mut reader, limit, &mut out)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => {
                zstd::stream::read::Decoder::with_buffer(message).and_then(|mut reader| {
                    // A frame may require a window of any size.
                    reader.window_log_max(23)?;
                    copy(&mut reader, limit, &mut out)
                })
            }
        };
        copied
            .map_err(|error| Status::internal(format!("a message is not valid {self}: {error}")))?;
        if out.len() > limit {
            return Err(over_limit(limit));
        }
        Ok(out.freeze())
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Copies to the end, or until `out` holds more than `limit`.
fn copy(reader: &mut dyn std::io::Read, limit: usize, out: &mut BytesMut) -> std::io::Result<()> {
    const STEP: usize = 8 << 10;
    while out.len() <= limit {
        let filled = out.len();
        out.resize(filled + STEP, 0);
        let read = loop {
            match reader.read(&mut out[filled..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        out.truncate(filled + *read.as_ref().unwrap_or(&0));
        if read? == 0 {
            break;
        }
    }
    Ok(())
}

#[cold]
fn unknown(name: &[u8]) -> Status {
    Status::unimplemented(format!(
        "the message encoding `{}` is not supported; supported are {ACCEPTED}",
        name.escape_ascii()
    ))
}

#[cold]
fn over_limit(limit: usize) -> Status {
    Status::resource_exhausted(format!(
        "a decompressed message is over the limit of {limit} bytes"
    ))
}

#[cfg(all(test, any(feature = "gzip", feature = "zstd")))]
mod tests {
    use super::*;
    use crate::model::code::Code;

    const ALL: &[Encoding] = &[
        #[cfg(feature = "gzip")]
        Encoding::Gzip,
        #[cfg(feature = "zstd")]
        Encoding::Zstd,
    ];

    fn compressed(encoding: Encoding, message: &[u8]) -> BytesMut {
        let mut out = BytesMut::new();
        encoding.compress(message, &mut out).expect("compresses");
        out
    }

    #[test]
    fn a_compressed_message_decompresses_to_itself() {
        let message: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        for encoding in ALL {
            for message in [&message[..], &[]] {
                let small = compressed(*encoding, message);
                let decompressed = encoding.decompress(&small, message.len());
                assert_eq!(decompressed.expect("decompresses"), message);
            }
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = vec![0; 64 << 20];
        for encoding in ALL {
            let small = compressed(*encoding, &bomb);
            assert!(small.len() < 1 << 20);
            let refused = encoding.decompress(&small, 1000).expect_err("refused");
            assert_eq!(refused.code(), Code::ResourceExhausted);
            assert_eq!(
                refused.message(),
                "a decompressed message is over the limit of 1000 bytes"
            );
        }
    }

    #[test]
    fn garbage_and_truncated_messages_fail() {
        for encoding in ALL {
            let small = compressed(*encoding, b"hello hello hello");
            for broken in [&b"garbage that is nothing"[..], &small[..small.len() / 2]] {
                let refused = encoding.decompress(broken, 1000).expect_err("refused");
                assert_eq!(refused.code(), Code::Internal, "{encoding}: {broken:?}");
            }
        }
    }

    #[test]
    fn an_encoding_is_found_in_a_peers_list() {
        for encoding in ALL {
            let list = |text: &str| HeaderValue::from_str(text).expect("a header");
            assert!(encoding.is_in(&list(&format!("identity, {encoding}"))));
            assert!(!encoding.is_in(&list("identity")));
            assert!(!encoding.is_in(&list(&format!("x{encoding}"))));
        }
    }
}
