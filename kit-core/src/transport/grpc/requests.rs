//! The two halves of a call on the client: requests that are streamed by a
//! task, and responses that are read where they are awaited.

use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::task::{Context as TaskContext, Poll, ready};

use bytes::{Bytes, BytesMut};
use h2::{Reason, RecvStream, SendStream};
use tokio::task::AbortHandle;

use super::batches::{Batch, Batches};
use super::messages::Source;
use super::status;
use crate::model::context::{Context, ResponseMetadata};
use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;

/// A stream of requests in progress; dropping it stops it.
pub(super) struct Requests {
    task: AbortHandle,
    /// The error that ended the stream of requests early.
    failure: Arc<OnceLock<Status>>,
}

impl Requests {
    /// Sends messages as they are produced and as the peer accepts them.
    pub(super) fn start(cx: &Context, batches: Batches, body: SendStream<Bytes>) -> Self {
        let failure = Arc::new(OnceLock::new());
        let task = tokio::spawn(cx.scope(send_all(batches, body, Arc::clone(&failure))));
        Self {
            task: task.abort_handle(),
            failure,
        }
    }

    /// The cause of a failed call: the error of the stream of requests if it
    /// had one, else `status`.
    pub(super) fn cause(&mut self, status: Status) -> Status {
        self.failure.get().cloned().unwrap_or(status)
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn send_all(
    mut batches: Batches,
    mut body: SendStream<Bytes>,
    failure: Arc<OnceLock<Status>>,
) {
    let mut out = BytesMut::new();
    loop {
        let next = poll_fn(|task| {
            // The peer may have responded already and need no more.
            if body.poll_reset(task).is_ready() {
                return Poll::Ready(None);
            }
            batches.poll(task, &mut out).map(Some)
        });
        let Some(batch) = next.await else { return };
        if send(&mut body, out.split().freeze()).await.is_none() {
            return;
        }
        match batch {
            Batch::More => {}
            Batch::End(Ok(())) => break,
            Batch::End(Err(status)) => {
                // Set before the reset, which wakes the reader of the cause.
                let _ = failure.set(status);
                body.send_reset(Reason::CANCEL);
                return;
            }
        }
    }
    // The reader of a stream that was reset meanwhile has its error.
    let _ = body.send_data(Bytes::new(), true);
}

/// Sends as the peer's window allows; `None` if the stream has ended.
async fn send(body: &mut SendStream<Bytes>, mut frame: Bytes) -> Option<()> {
    while !frame.is_empty() {
        body.reserve_capacity(frame.len());
        let capacity = match body.capacity() {
            0 => poll_fn(|task| body.poll_capacity(task)).await?.ok()?,
            capacity => capacity,
        };
        let part = frame.split_to(capacity.min(frame.len()));
        body.send_data(part, false).ok()?;
    }
    Some(())
}

/// The body of a response and the status that follows it.
pub(super) struct Responses {
    meta: &'static MethodMeta,
    body: RecvStream,
    /// The headers contained the status of success: nothing follows.
    ended: bool,
    received: Option<ResponseMetadata>,
    requests: Option<Requests>,
}

impl Responses {
    pub(super) fn new(
        meta: &'static MethodMeta,
        body: RecvStream,
        ended: bool,
        received: Option<ResponseMetadata>,
        requests: Option<Requests>,
    ) -> Self {
        Self {
            meta,
            body,
            ended,
            received,
            requests,
        }
    }

    /// See [`Requests::cause`].
    pub(super) fn cause(&mut self, status: Status) -> Status {
        match &mut self.requests {
            Some(requests) => requests.cause(status),
            None => status,
        }
    }
}

impl Source for Responses {
    fn poll_chunk(&mut self, task: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let chunk = match ready!(self.body.poll_data(task)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => Err(self.cause(status::from_h2(error))),
            Some(Ok(chunk)) => {
                // Reading frees as much of the window: a slow reader slows the
                // peer down.
                let _ = self.body.flow_control().release_capacity(chunk.len());
                Ok(chunk)
            }
        };
        Poll::Ready(Some(chunk))
    }

    fn is_end(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn poll_end(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), Status>> {
        if self.ended {
            return Poll::Ready(Ok(()));
        }
        let trailers = match ready!(self.body.poll_trailers(task)) {
            Ok(trailers) => trailers.unwrap_or_default(),
            Err(error) => return Poll::Ready(Err(self.cause(status::from_h2(error)))),
        };
        let end = status::read(&trailers, self.meta.service).unwrap_or_else(|| Err(no_status()));
        if let Some(received) = &self.received {
            received.set_trailers(status::received_metadata(trailers));
        }
        Poll::Ready(end)
    }
}

#[cold]
fn no_status() -> Status {
    Status::internal("the response ended without a status")
}
