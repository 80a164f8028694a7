//! The body of an answer that streams.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};

use super::binding::Outgoing;
use super::frame::{self, Compression};
use super::messages::{Cut, past_deadline};
use super::status;
use crate::context::{AcceptedCall, ReplyMetadata};
use crate::descriptor::MethodMeta;
use crate::status::Status;

/// Messages that are ready at once go out in one frame of data up to about
/// this size: one write serves many small messages, and a stream that never
/// waits lets others run.
const BATCH: usize = 32 << 10;

/// Responses as they come, and the trailers after them.
pub(super) struct Responses {
    items: Option<Outgoing>,
    /// A failure that came behind messages that must go out first.
    end: Option<Result<(), Status>>,
    /// Cancels the call when dropped: it lives as long as the answer.
    accepted: AcceptedCall,
    reply: Option<ReplyMetadata>,
    deadline: Cut,
    meta: &'static MethodMeta,
    compression: Option<Compression>,
}

impl Responses {
    pub(super) fn new(
        items: Outgoing,
        accepted: AcceptedCall,
        reply: Option<ReplyMetadata>,
        meta: &'static MethodMeta,
        compression: Option<Compression>,
    ) -> Self {
        Self {
            items: Some(items),
            end: None,
            deadline: Cut::at(accepted.context().deadline()),
            accepted,
            reply,
            meta,
            compression,
        }
    }

    /// Fills `out` with what is ready; the end of the stream goes to
    /// `self.end`.
    fn poll_batch(&mut self, task: &mut TaskContext<'_>, out: &mut BytesMut) -> Poll<()> {
        while out.len() < BATCH {
            let Some(items) = &mut self.items else {
                return Poll::Ready(());
            };
            let start = out.len();
            let polled = catch_unwind(AssertUnwindSafe(|| items.poll_encode(task, out)));
            let end = match polled {
                Ok(Poll::Pending) if start > 0 => return Poll::Ready(()),
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(Some(Ok(())))) => {
                    match frame::seal(out, start, self.compression.as_ref()) {
                        Ok(()) => continue,
                        Err(status) => Err(status),
                    }
                }
                Ok(Poll::Ready(Some(Err(status)))) => Err(status),
                Ok(Poll::Ready(None)) => Ok(()),
                Err(panic) => Err(self.panicked(&*panic)),
            };
            if end.is_err() {
                out.truncate(start);
            }
            self.end(end);
        }
        Poll::Ready(())
    }

    fn end(&mut self, end: Result<(), Status>) {
        self.items = None;
        self.end = Some(end);
    }

    #[cold]
    fn panicked(&self, panic: &(dyn Any + Send)) -> Status {
        crate::service::panicked(self.meta, panic)
    }

    fn trailers(&mut self, end: Result<(), Status>) -> HeaderMap {
        let mut trailers = status::ok_trailers();
        for reply in [self.reply.take(), self.accepted.take_reply()] {
            if let Some(reply) = reply {
                status::write_metadata(&reply.trailers, &mut trailers);
            }
        }
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
        if this.items.is_some() {
            // What a handler left running calls others as the handler did.
            let cx = this.accepted.context().clone();
            let polled = cx.enter(|| this.poll_batch(task, &mut out));
            if polled.is_pending() && this.deadline.poll(task).is_pending() {
                return Poll::Pending;
            }
            if polled.is_pending() || (this.items.is_some() && this.deadline.is_past()) {
                this.end(Err(past_deadline()));
            }
        }
        if !out.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(out.freeze()))));
        }
        let end = this.end.take();
        Poll::Ready(end.map(|end| Ok(Frame::trailers(this.trailers(end)))))
    }
}
