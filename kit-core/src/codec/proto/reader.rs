//! A cursor over the bytes of a received message.
//!
//! A nested message is read by moving the cursor's end, and a `Bytes` field is a
//! slice of the buffer: neither copies, and only the latter changes the reference
//! count.

use bytes::{Buf, Bytes};
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::error::DecodeError;
use super::value::Value;
use super::{DEPTH_MAX, Message};

/// A cursor over the bytes of one message, for generated code.
#[derive(Debug)]
pub struct Reader<'a> {
    whole: &'a Bytes,
    at: usize,
    end: usize,
    depth: u32,
}

/// The key before a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireKey {
    /// The field's number.
    pub tag: u32,
    /// The wire type of its value.
    pub wire: WireType,
}

impl<'a> Reader<'a> {
    /// A cursor at the start of `whole`.
    pub fn new(whole: &'a Bytes) -> Self {
        Self {
            whole,
            at: 0,
            end: whole.len(),
            depth: 0,
        }
    }

    /// The next field's key, or `None` at the end of the message.
    ///
    /// # Errors
    /// The next bytes are not a key.
    #[inline]
    pub fn key(&mut self) -> Result<Option<WireKey>, DecodeError> {
        if self.at == self.end {
            return Ok(None);
        }
        let (tag, wire) = decode_key(self)?;
        Ok(Some(WireKey { tag, wire }))
    }

    /// Skips an unknown field.
    ///
    /// # Errors
    /// The field ends after its message.
    #[cold]
    pub fn skip(&mut self, key: WireKey) -> Result<(), DecodeError> {
        Ok(skip_field(
            key.wire,
            key.tag,
            self,
            DecodeContext::default(),
        )?)
    }

    /// Reads one value, after a check of its wire type.
    #[inline]
    pub(super) fn value<T: Value>(
        &mut self,
        current: Option<T>,
        wire: WireType,
    ) -> Result<T, DecodeError> {
        prost::encoding::check_wire_type(T::WIRE, wire)?;
        T::merge_value(current, self)
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64, DecodeError> {
        Ok(decode_varint(self)?)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.chunk().first_chunk::<N>() {
            Some(bytes) => {
                let bytes = *bytes;
                self.at += N;
                Ok(bytes)
            }
            None => Err(truncated()),
        }
    }

    /// The end of the length-delimited value that starts here.
    #[inline]
    fn delimited(&mut self) -> Result<usize, DecodeError> {
        let len = self.varint()?;
        if len > self.remaining() as u64 {
            return Err(truncated());
        }
        Ok(self.at + len as usize)
    }

    #[inline]
    pub(super) fn slice(&mut self) -> Result<&'a [u8], DecodeError> {
        let end = self.delimited()?;
        let slice = &self.whole[self.at..end];
        self.at = end;
        Ok(slice)
    }

    #[inline]
    pub(super) fn bytes(&mut self) -> Result<Bytes, DecodeError> {
        let end = self.delimited()?;
        let bytes = self.whole.slice(self.at..end);
        self.at = end;
        Ok(bytes)
    }

    /// Reads a length-delimited part with a cursor that ends with it.
    #[inline]
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let end = self.delimited()?;
        let mut inner = Reader {
            whole: self.whole,
            at: self.at,
            end,
            depth: self.deeper()?,
        };
        let value = read(&mut inner)?;
        if inner.at != end {
            return Err(truncated());
        }
        self.at = end;
        Ok(value)
    }

    /// The value of an absent message.
    pub(super) fn absent<T: Message>(&self) -> Result<T, DecodeError> {
        let mut empty = Reader {
            whole: self.whole,
            at: self.end,
            end: self.end,
            depth: self.deeper()?,
        };
        T::merge(None, &mut empty)
    }

    #[inline]
    fn deeper(&self) -> Result<u32, DecodeError> {
        if self.depth == DEPTH_MAX {
            return Err(too_deep());
        }
        Ok(self.depth + 1)
    }
}

#[cold]
fn truncated() -> DecodeError {
    DecodeError::new("the value ends after its message does")
}

#[cold]
fn too_deep() -> DecodeError {
    DecodeError::new(format!("messages nest deeper than {DEPTH_MAX}"))
}

impl Buf for Reader<'_> {
    #[inline]
    fn remaining(&self) -> usize {
        self.end - self.at
    }

    #[inline]
    fn chunk(&self) -> &[u8] {
        &self.whole[self.at..self.end]
    }

    #[inline]
    fn advance(&mut self, count: usize) {
        assert!(count <= self.remaining(), "advanced past the end");
        self.at += count;
    }
}
