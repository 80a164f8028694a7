//! The framing of messages in a body: a flag, a length of four bytes, and the
//! message.
//!
//! Reading does no I/O: [`Deframer`] takes chunks and returns messages. A
//! message that is within one chunk is a slice of it; only one that spans
//! several is copied.

use bytes::{Buf as _, Bytes, BytesMut};

use super::compression::Encoding;
use crate::model::status::Status;

/// The length of the flag and the length together, in bytes.
pub(super) const PREFIX: usize = 5;

/// The most by which a buffer grows ahead of the data received, in bytes: a
/// peer that announces a large message must send it to make this side hold it.
const AHEAD: usize = 64 << 10;

/// Opens a frame for a message of `len` bytes, which is to be appended; must be
/// followed by [`seal`].
pub(super) fn open(len: usize) -> BytesMut {
    // A buffer of exact size becomes `Bytes` without another allocation.
    let mut out = BytesMut::with_capacity(PREFIX + len);
    out.extend_from_slice(&[0; PREFIX]);
    out
}

/// Opens a frame after other frames.
pub(super) fn append(out: &mut BytesMut, len: usize) {
    if out.capacity() == 0 {
        *out = open(len);
        return;
    }
    out.reserve(PREFIX + len);
    out.extend_from_slice(&[0; PREFIX]);
}

/// Writes the prefix of the frame that begins at `start`, and compresses its
/// message if that makes it smaller.
pub(super) fn seal(
    out: &mut BytesMut,
    start: usize,
    compression: Option<&Compression>,
) -> Result<(), Status> {
    let mut flag = 0;
    if let Some(compression) = compression
        && out.len() - start - PREFIX >= compression.min_bytes
    {
        let mut small = BytesMut::new();
        compression
            .encoding
            .compress(&out[start + PREFIX..], &mut small)?;
        if small.len() < out.len() - start - PREFIX {
            out.truncate(start + PREFIX);
            out.extend_from_slice(&small);
            flag = 1;
        }
    }
    let len = out.len() - start - PREFIX;
    let Ok(len) = u32::try_from(len) else {
        return Err(Status::resource_exhausted(format!(
            "a message of {len} bytes is more than gRPC can carry"
        )));
    };
    out[start] = flag;
    out[start + 1..start + PREFIX].copy_from_slice(&len.to_be_bytes());
    Ok(())
}

/// The compression of outgoing messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compression {
    pub(super) encoding: Encoding,
    /// Smaller messages are sent uncompressed: compressing them costs more than
    /// it saves.
    pub(super) min_bytes: usize,
}

/// Splits the chunks of a body into messages.
#[derive(Debug)]
pub(super) struct Deframer {
    limit: usize,
    encoding: Option<Encoding>,
    /// Received data that has not been read.
    chunk: Bytes,
    /// The beginning of a frame, the rest of which has not arrived.
    partial: BytesMut,
}

#[derive(Clone, Copy)]
struct Prefix {
    compressed: bool,
    len: usize,
}

impl Deframer {
    /// A deframer of messages of at most `limit` bytes, decompressed.
    pub(super) fn new(limit: usize, encoding: Option<Encoding>) -> Self {
        Self {
            limit,
            encoding,
            chunk: Bytes::new(),
            partial: BytesMut::new(),
        }
    }

    /// Adds the next chunk. The previous one must have been read:
    /// [`Deframer::next`] has returned `None`.
    pub(super) fn push(&mut self, chunk: Bytes) {
        debug_assert!(self.chunk.is_empty());
        self.chunk = chunk;
    }

    /// The message, if the first chunk is exactly one message; otherwise the
    /// chunk is left for [`Deframer::next`].
    pub(super) fn only(&mut self) -> Result<Option<Bytes>, Status> {
        let Some(prefix) = self.chunk.first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let prefix = self.prefix(prefix)?;
        if !self.partial.is_empty() || self.chunk.len() - PREFIX != prefix.len {
            return Ok(None);
        }
        let mut message = std::mem::take(&mut self.chunk);
        message.advance(PREFIX);
        self.decompress(prefix, message).map(Some)
    }

    /// The next message, or `None` until another chunk is pushed.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, Status> {
        if self.partial.is_empty() {
            if self.chunk.len() >= PREFIX {
                let prefix = self.prefix(&self.chunk[..PREFIX])?;
                if self.chunk.len() - PREFIX >= prefix.len {
                    self.chunk.advance(PREFIX);
                    let message = self.chunk.split_to(prefix.len);
                    return self.decompress(prefix, message).map(Some);
                }
            } else if self.chunk.is_empty() {
                return Ok(None);
            }
        }
        self.assemble()
    }

    /// Checks that the body may end here, between two messages.
    pub(super) fn finish(&self) -> Result<(), Status> {
        let unread = self.partial.len() + self.chunk.len();
        if unread == 0 {
            return Ok(());
        }
        Err(self.truncated(unread))
    }

    fn assemble(&mut self) -> Result<Option<Bytes>, Status> {
        if !self.fill(PREFIX) {
            return Ok(None);
        }
        let prefix = self.prefix(&self.partial[..PREFIX])?;
        if !self.fill(PREFIX + prefix.len) {
            return Ok(None);
        }
        let mut message = std::mem::take(&mut self.partial).freeze();
        message.advance(PREFIX);
        self.decompress(prefix, message).map(Some)
    }

    /// Moves bytes from the chunk until `partial` has `len`; true if it has.
    fn fill(&mut self, len: usize) -> bool {
        let missing = len.saturating_sub(self.partial.len());
        let moved = missing.min(self.chunk.len());
        self.partial.reserve(missing.min(moved.max(AHEAD)));
        self.partial.extend_from_slice(&self.chunk[..moved]);
        self.chunk.advance(moved);
        moved == missing
    }

    fn prefix(&self, bytes: &[u8]) -> Result<Prefix, Status> {
        let compressed = match bytes[0] {
            0 => false,
            1 => true,
            flag => return Err(bad_flag(flag)),
        };
        if compressed && self.encoding.is_none() {
            return Err(Status::internal(
                "a message is flagged as compressed, but `grpc-encoding` names no encoding",
            ));
        }
        let len = u32::from_be_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]) as usize;
        if len > self.limit {
            return Err(self.over_limit(len));
        }
        Ok(Prefix { compressed, len })
    }

    fn decompress(&self, prefix: Prefix, message: Bytes) -> Result<Bytes, Status> {
        match self.encoding {
            Some(encoding) if prefix.compressed => encoding.decompress(&message, self.limit),
            _ => Ok(message),
        }
    }

    #[cold]
    fn over_limit(&self, len: usize) -> Status {
        Status::resource_exhausted(format!(
            "a message of {len} bytes is over the limit of {} bytes",
            self.limit
        ))
    }

    #[cold]
    fn truncated(&self, unread: usize) -> Status {
        Status::internal(match self.partial.get(1..PREFIX) {
            Some(len) => format!(
                "the body ended inside a message: {} bytes of {}",
                unread - PREFIX,
                u32::from_be_bytes([len[0], len[1], len[2], len[3]])
            ),
            None => format!("the body ended inside the prefix of a message: {unread} bytes of 5"),
        })
    }
}

#[cold]
fn bad_flag(flag: u8) -> Status {
    Status::internal(format!(
        "a message begins with the flag {flag}: expected 0 (plain) or 1 (compressed)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::Code;

    fn frames(messages: &[&[u8]]) -> BytesMut {
        let mut out = BytesMut::new();
        for message in messages {
            let start = out.len();
            append(&mut out, message.len());
            out.extend_from_slice(message);
            seal(&mut out, start, None).expect("fits");
        }
        out
    }

    fn read(deframer: &mut Deframer, chunk: &[u8]) -> Result<Vec<Bytes>, Status> {
        deframer.push(Bytes::copy_from_slice(chunk));
        let mut messages = Vec::new();
        while let Some(message) = deframer.next()? {
            messages.push(message);
        }
        Ok(messages)
    }

    #[test]
    fn messages_are_whole_for_every_chunk_size() {
        let messages: [&[u8]; 4] = [b"one", b"", b"three", b"a longer fourth message"];
        let body = frames(&messages);
        for size in 1..=body.len() {
            let mut deframer = Deframer::new(100, None);
            let mut received = Vec::new();
            for chunk in body.chunks(size) {
                received.extend(read(&mut deframer, chunk).expect("valid"));
            }
            assert_eq!(received, messages, "in chunks of {size}");
            assert_eq!(deframer.finish().map_err(|s| s.to_string()), Ok(()));
        }
    }

    #[test]
    fn a_message_within_one_chunk_is_not_copied() {
        let body = frames(&[b"hello"]).freeze();
        let mut deframer = Deframer::new(100, None);
        deframer.push(body.clone());
        let message = deframer.next().expect("valid").expect("whole");
        assert_eq!(message.as_ptr(), body[PREFIX..].as_ptr());
    }

    #[test]
    fn only_returns_a_message_that_fills_its_chunk() {
        let only = |messages: &[&[u8]], cut: usize| {
            let mut body = frames(messages);
            body.truncate(body.len() - cut);
            let mut deframer = Deframer::new(100, None);
            deframer.push(body.freeze());
            let message = deframer.only().expect("valid");
            let rest = deframer.next().expect("valid");
            (message, rest)
        };
        let hello = Some(Bytes::from_static(b"hello"));
        assert_eq!(only(&[b"hello"], 0), (hello.clone(), None));
        assert_eq!(only(&[b""], 0), (Some(Bytes::new()), None));
        assert_eq!(only(&[b"hello", b"you"], 0), (None, hello));
        assert_eq!(only(&[b"hello"], 1), (None, None));
        assert_eq!(only(&[b""], 1), (None, None));
        assert_eq!(only(&[], 0), (None, None));
    }

    #[test]
    fn malformed_frames_fail_with_their_cause() {
        let check = |chunk: &[u8], code: Code, message: &str| {
            let mut deframer = Deframer::new(10, None);
            let status = read(&mut deframer, chunk)
                .and_then(|_| deframer.finish())
                .expect_err("refused");
            assert_eq!((status.code(), status.message()), (code, message));
        };
        check(
            &[0, 0, 0, 0, 11],
            Code::ResourceExhausted,
            "a message of 11 bytes is over the limit of 10 bytes",
        );
        check(
            &[2, 0, 0, 0, 0],
            Code::Internal,
            "a message begins with the flag 2: expected 0 (plain) or 1 (compressed)",
        );
        check(
            &[1, 0, 0, 0, 0],
            Code::Internal,
            "a message is flagged as compressed, but `grpc-encoding` names no encoding",
        );
        check(
            &[0, 0, 0, 0, 5, 1, 2],
            Code::Internal,
            "the body ended inside a message: 2 bytes of 5",
        );
        check(
            &[0, 0, 0],
            Code::Internal,
            "the body ended inside the prefix of a message: 3 bytes of 5",
        );
    }

    #[test]
    fn an_announced_length_allocates_little_memory() {
        let mut deframer = Deframer::new(usize::MAX, None);
        read(&mut deframer, &[0, 0xff, 0xff, 0xff, 0xff, 1]).expect("not whole yet");
        assert!(deframer.partial.capacity() <= 2 * AHEAD);
    }
}
