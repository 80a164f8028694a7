//! Compression of single messages, and the bound that keeps a small message
//! from becoming a large one.

// With neither feature there is no value of `Encoding`, and all that takes
// one is unreachable.
#![cfg_attr(
    not(any(feature = "gzip", feature = "zstd")),
    allow(unreachable_code, unused_variables, unused_mut, dead_code)
)]

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::HeaderValue;

use crate::model::status::Status;

/// How messages are compressed. Which there are depends on the features
/// `gzip` and `zstd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// gzip, which every gRPC implementation knows.
    #[cfg(feature = "gzip")]
    Gzip,
    /// Zstandard: smaller and faster, known by fewer.
    #[cfg(feature = "zstd")]
    Zstd,
}

/// What this build can read, as `grpc-accept-encoding` has it.
pub(super) const ACCEPTED: &str = match (cfg!(feature = "gzip"), cfg!(feature = "zstd")) {
    (true, true) => "gzip,zstd,identity",
    (true, false) => "gzip,identity",
    (false, true) => "zstd,identity",
    (false, false) => "identity",
};

/// [`ACCEPTED`] as a header.
pub(super) const fn accepted() -> HeaderValue {
    HeaderValue::from_static(ACCEPTED)
}

/// Whether this build knows any compression at all.
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

    /// Reads `grpc-encoding`; `identity` is no encoding.
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
        let poured: std::io::Result<()> = match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => {
                let level = flate2::Compression::fast();
                let mut reader = flate2::read::GzEncoder::new(message, level);
                pour(&mut reader, usize::MAX, out)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => zstd::stream::read::Encoder::with_buffer(message, 0)
                .and_then(|mut reader| pour(&mut reader, usize::MAX, out)),
        };
        poured.map_err(|error| {
            Status::internal("a message could not be compressed").with_source(error)
        })
    }

    /// Decompresses a message that has at most `limit` bytes. What would be
    /// longer is not decompressed to its end.
    pub(super) fn decompress(self, message: &[u8], limit: usize) -> Result<Bytes, Status> {
        let mut out = BytesMut::new();
        let poured: std::io::Result<()> = match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => {
                let mut reader = flate2::bufread::MultiGzDecoder::new(message);
                pour(&mut reader, limit, &mut out)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => {
                zstd::stream::read::Decoder::with_buffer(message).and_then(|mut reader| {
                    // A frame may ask for a window of any size to decompress it.
                    reader.window_log_max(23)?;
                    pour(&mut reader, limit, &mut out)
                })
            }
        };
        poured.map_err(|error| {
            Status::internal(format!(
                "a message is not the {self} it claims to be: {error}"
            ))
        })?;
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

/// Reads to the end, or until `out` holds more than `limit`.
fn pour(reader: &mut dyn std::io::Read, limit: usize, out: &mut BytesMut) -> std::io::Result<()> {
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
    fn what_was_compressed_comes_back() {
        let message: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        for encoding in ALL {
            for message in [&message[..], &[]] {
                let small = compressed(*encoding, message);
                let back = encoding.decompress(&small, message.len());
                assert_eq!(back.expect("decompresses"), message);
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
    fn garbage_and_truncation_are_told() {
        for encoding in ALL {
            let small = compressed(*encoding, b"hello hello hello");
            for broken in [&b"garbage that is nothing"[..], &small[..small.len() / 2]] {
                let refused = encoding.decompress(broken, 1000).expect_err("refused");
                assert_eq!(refused.code(), Code::Internal, "{encoding}: {broken:?}");
            }
        }
    }

    #[test]
    fn names_are_found_in_a_peers_list() {
        for encoding in ALL {
            let list = |text: &str| HeaderValue::from_str(text).expect("a header");
            assert!(encoding.is_in(&list(&format!("identity, {encoding}"))));
            assert!(!encoding.is_in(&list("identity")));
            assert!(!encoding.is_in(&list(&format!("x{encoding}"))));
        }
    }
}
