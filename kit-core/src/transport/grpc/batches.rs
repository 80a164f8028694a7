//! Encodes outgoing messages, several to a data frame.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context as TaskContext, Poll};

use bytes::BytesMut;

use super::frame::{self, Compression};
use super::streams::Outgoing;
use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;
use crate::pipeline::catch_panic::panicked;

/// Messages that are ready at once are sent in one data frame up to about this
/// size, in bytes: one write serves many small messages, and a stream that
/// never waits yields to other tasks.
const SIZE: usize = 32 << 10;

/// A stream of messages, encoded as frames.
pub(super) struct Batches {
    items: Outgoing,
    meta: &'static MethodMeta,
    compression: Option<Compression>,
}

/// The result of a poll: the messages appended.
pub(super) enum Batch {
    /// Some messages; there may be more.
    More,
    /// Any number of messages, and the end of the stream.
    End(Result<(), Status>),
}

impl Batches {
    pub(super) fn new(
        items: Outgoing,
        meta: &'static MethodMeta,
        compression: Option<Compression>,
    ) -> Self {
        Self {
            items,
            meta,
            compression,
        }
    }

    /// Appends the messages that are ready. Must not be polled after the end.
    pub(super) fn poll(&mut self, task: &mut TaskContext<'_>, out: &mut BytesMut) -> Poll<Batch> {
        while out.len() < SIZE {
            let start = out.len();
            let appended = match self.poll_one(task, out) {
                Poll::Pending if start == 0 => return Poll::Pending,
                Poll::Pending => break,
                Poll::Ready(appended) => appended,
            };
            let sealed = match appended {
                None => return Poll::Ready(Batch::End(Ok(()))),
                Some(appended) => {
                    appended.and_then(|()| frame::seal(out, start, self.compression.as_ref()))
                }
            };
            if let Err(status) = sealed {
                out.truncate(start);
                return Poll::Ready(Batch::End(Err(status)));
            }
        }
        Poll::Ready(Batch::More)
    }

    fn poll_one(
        &mut self,
        task: &mut TaskContext<'_>,
        out: &mut BytesMut,
    ) -> Poll<Option<Result<(), Status>>> {
        let poll = AssertUnwindSafe(|| self.items.poll_encode(task, out));
        catch_unwind(poll)
            .unwrap_or_else(|panic| Poll::Ready(Some(Err(panicked(self.meta, &*panic)))))
    }
}
