//! The protobuf wire form of Rust types, and their schema.

use bytes::{Bytes, BytesMut};

use crate::descriptor::Argument;

/// Bytes that are not the message they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(String);

impl DecodeError {
    /// An error that says what is wrong and where.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DecodeError {}

/// A type with a protobuf message as its wire form; derive it.
pub trait Message: Sized + Send + 'static {
    /// The length of [`Message::encode`]'s output.
    fn encoded_len(&self) -> usize;
    /// Appends the wire form.
    fn encode(&self, out: &mut BytesMut);
    /// Reads a whole message.
    ///
    /// # Errors
    /// The bytes are not this message.
    fn decode(bytes: Bytes) -> Result<Self, DecodeError>;
}

/// What a method may return over gRPC: a message is the response itself, a
/// scalar, list, map or option is its field `value = 1`, `()` is empty.
pub trait Reply: Sized + Send + 'static {
    /// The length of [`Reply::encode_reply`]'s output.
    fn reply_len(&self) -> usize;
    /// Appends the wire form.
    fn encode_reply(&self, out: &mut BytesMut);
    /// Reads a whole response.
    ///
    /// # Errors
    /// The bytes are not this response.
    fn decode_reply(bytes: Bytes) -> Result<Self, DecodeError>;
}

/// A tuple of arguments as the fields of one request message.
pub trait ArgumentFields: Sized + Send + 'static {
    /// The length of [`ArgumentFields::encode_fields`]'s output.
    fn fields_len(&self, arguments: &[Argument]) -> usize;
    /// Appends the wire form.
    fn encode_fields(&self, arguments: &[Argument], out: &mut BytesMut);
    /// Reads a whole request.
    ///
    /// # Errors
    /// The bytes are not this request; the error names the argument.
    fn decode_fields(arguments: &[Argument], bytes: Bytes) -> Result<Self, DecodeError>;
}

/// The request and response of a method as protobuf messages.
#[derive(Clone, Debug)]
pub struct MethodSchema;

impl Reply for i64 {
    fn reply_len(&self) -> usize {
        0
    }
    fn encode_reply(&self, _: &mut BytesMut) {}
    fn decode_reply(_: Bytes) -> Result<Self, DecodeError> {
        Err(DecodeError::new(""))
    }
}
impl ArgumentFields for (i64,) {
    fn fields_len(&self, _: &[Argument]) -> usize {
        0
    }
    fn encode_fields(&self, _: &[Argument], _: &mut BytesMut) {}
    fn decode_fields(_: &[Argument], _: Bytes) -> Result<Self, DecodeError> {
        Err(DecodeError::new(""))
    }
}
impl ArgumentFields for (i64, i64) {
    fn fields_len(&self, _: &[Argument]) -> usize {
        0
    }
    fn encode_fields(&self, _: &[Argument], _: &mut BytesMut) {}
    fn decode_fields(_: &[Argument], _: Bytes) -> Result<Self, DecodeError> {
        Err(DecodeError::new(""))
    }
}
