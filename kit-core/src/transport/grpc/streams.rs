//! Streams of messages on their way between a method's types and the wire.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use crate::model::status::Status;

/// Messages as they arrive, decompressed and not decoded.
pub(crate) type Incoming = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// Messages to send.
pub(crate) type Outgoing = Box<dyn Encode>;

/// A stream that encodes its items.
pub(crate) trait Encode: Send {
    /// Appends the next item as an unsealed frame.
    fn poll_encode(
        &mut self,
        task: &mut TaskContext<'_>,
        out: &mut BytesMut,
    ) -> Poll<Option<Result<(), Status>>>;
}
