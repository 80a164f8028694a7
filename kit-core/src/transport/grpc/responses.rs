//! The body of a streaming response.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};

use super::batches::{Batch, Batches};
use super::frame::Compression;
use super::messages::{Deadline, past_deadline};
use super::status;
use super::streams::Outgoing;
use crate::model::context::{AcceptedCall, ReplyMetadata};
use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;

/// Messages as they are produced, and the trailers after them.
pub(super) struct Responses {
    batches: Option<Batches>,
    /// The end of the stream, until the messages before it are sent.
    end: Option<Result<(), Status>>,
    /// Cancels the call when dropped: it lives as long as the response.
    accepted: AcceptedCall,
    metadata: Option<ReplyMetadata>,
    deadline: Deadline,
    meta: &'static MethodMeta,
}

impl Responses {
    pub(super) fn new(
        items: Outgoing,
        accepted: AcceptedCall,
        metadata: Option<ReplyMetadata>,
        meta: &'static MethodMeta,
        compression: Option<Compression>,
    ) -> Self {
        Self {
            batches: Some(Batches::new(items, meta, compression)),
            end: None,
            deadline: Deadline::at(accepted.context().deadline()),
            accepted,
            metadata,
            meta,
        }
    }

    /// Appends the messages that are ready; stores the end in `self.end`.
    fn poll_batch(&mut self, task: &mut TaskContext<'_>, out: &mut BytesMut) -> Poll<()> {
        let Some(batches) = &mut self.batches else {
            return Poll::Ready(());
        };
        // The stream runs in the context of its handler.
        let polled = self.accepted.context().enter(|| batches.poll(task, out));
        match polled {
            Poll::Ready(Batch::End(end)) => self.end(end),
            Poll::Ready(Batch::More) if self.deadline.is_past() => self.end(Err(past_deadline())),
            Poll::Ready(Batch::More) => {}
            Poll::Pending => {
                if self.deadline.poll(task).is_pending() {
                    return Poll::Pending;
                }
                self.end(Err(past_deadline()));
            }
        }
        Poll::Ready(())
    }

    fn end(&mut self, end: Result<(), Status>) {
        // Drop the handler's stream now, not when the caller has read
        // everything that was sent.
        self.batches = None;
        self.end = Some(end);
    }

    fn trailers(&mut self, end: Result<(), Status>) -> HeaderMap {
        let mut trailers = status::ok_trailers();
        let sources = [self.metadata.take(), self.accepted.take_reply()];
        for metadata in sources.into_iter().flatten() {
            status::write_metadata(&metadata.trailers, &mut trailers);
        }
        self.accepted.finish(&end);
        if let Err(status) = end {
            status::write(&status, self.meta.service, &mut trailers);
        }
        trailers
    }
}

impl Body for Responses {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let mut out = BytesMut::new();
        if this.poll_batch(task, &mut out).is_pending() {
            return Poll::Pending;
        }
        if !out.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(out.freeze()))));
        }
        let end = this.end.take();
        Poll::Ready(end.map(|end| Ok(Frame::trailers(this.trailers(end)))))
    }
}
