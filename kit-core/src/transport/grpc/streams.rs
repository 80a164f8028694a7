//! Streams of messages between a method's types and the wire.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use crate::model::status::Status;

/// Messages as received, decompressed but not decoded.
pub(crate) type Incoming = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// Messages to send.
pub(crate) type Outgoing = Box<dyn Encode>;

/// A stream that encodes its items.
pub(crate) trait Encode: Send {
    /// Appends the next item as a frame whose prefix is not written yet.
    fn poll_encode(
        &mut self,
        task: &mut TaskContext<'_>,
        out: &mut BytesMut,
    ) -> Poll<Option<Result<(), Status>>>;
}
