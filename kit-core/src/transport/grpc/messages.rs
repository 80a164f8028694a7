//! Reads messages from a body, on both sides.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;
use tokio::time::{Instant, Sleep, sleep_until};

use super::frame::Deframer;
use crate::model::status::Status;
use crate::transport::body::{BodyError, RequestBody};

/// The chunks of a body.
pub(super) trait Source: Send + Unpin {
    /// The next chunk, or `None` at the end of the data.
    fn poll_chunk(&mut self, task: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, Status>>>;

    /// Whether it is already known that no chunk follows.
    fn is_end(&self) -> bool;

    /// The status that follows the data; `Ok` where there is none.
    fn poll_end(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), Status>>;
}

/// Reads a body that should hold one message; `None` if it holds none.
pub(super) async fn read_one<S: Source>(
    source: &mut S,
    deframer: &mut Deframer,
) -> Result<Option<Bytes>, Status> {
    let mut message = None;
    loop {
        while let Some(next) = deframer.next()? {
            if message.replace(next).is_some() {
                return Err(more_than_one());
            }
        }
        if source.is_end() {
            break;
        }
        match poll_fn(|task| source.poll_chunk(task)).await {
            Some(chunk) => deframer.push(chunk?),
            None => break,
        }
    }
    deframer.finish()?;
    Ok(message)
}

#[cold]
fn more_than_one() -> Status {
    Status::unimplemented(
        "expected one message, got more: the method does not stream in this direction",
    )
}

/// The messages of a body as a stream, ended at a deadline.
pub(super) struct Messages<S> {
    source: S,
    deframer: Deframer,
    deadline: Deadline,
    ended: bool,
}

impl<S: Source> Messages<S> {
    pub(super) fn new(source: S, deframer: Deframer, deadline: Option<Instant>) -> Self {
        Self {
            source,
            deframer,
            deadline: Deadline::at(deadline),
            ended: false,
        }
    }

    fn poll_message(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        loop {
            if let Some(message) = self.deframer.next()? {
                return Poll::Ready(Ok(Some(message)));
            }
            match ready!(self.source.poll_chunk(task)) {
                Some(chunk) => self.deframer.push(chunk?),
                None => break,
            }
        }
        // The peer's own status is more precise than the truncation it caused.
        ready!(self.source.poll_end(task))?;
        self.deframer.finish()?;
        Poll::Ready(Ok(None))
    }
}

impl<S: Source> Stream for Messages<S> {
    type Item = Result<Bytes, Status>;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let polled = match this.poll_message(task) {
            Poll::Pending => {
                ready!(this.deadline.poll(task));
                Err(past_deadline())
            }
            Poll::Ready(polled) => polled,
        };
        this.ended = !matches!(polled, Ok(Some(_)));
        Poll::Ready(polled.transpose())
    }
}

/// The failure of a stream that does not end before its deadline.
#[cold]
pub(super) fn past_deadline() -> Status {
    Status::deadline_exceeded("the stream did not end before its deadline")
}

/// A deadline whose timer is created when first waited for.
pub(super) struct Deadline {
    deadline: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    pub(super) fn at(deadline: Option<Instant>) -> Self {
        Self {
            deadline,
            timer: None,
        }
    }

    pub(super) fn poll(&mut self, task: &mut TaskContext<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else {
            return Poll::Pending;
        };
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().poll(task)
    }

    /// Whether the deadline has passed, for a stream that never waits.
    pub(super) fn is_past(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }
}

impl Source for RequestBody {
    fn poll_chunk(&mut self, task: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        loop {
            let frame = match ready!(Pin::new(&mut *self).poll_frame(task)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Poll::Ready(Some(Err(aborted(error)))),
                None => return Poll::Ready(None),
            };
            // The trailers of a request have no meaning.
            if let Ok(chunk) = frame.into_data() {
                return Poll::Ready(Some(Ok(chunk)));
            }
        }
    }

    fn is_end(&self) -> bool {
        self.is_end_stream()
    }

    fn poll_end(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }
}

#[cold]
fn aborted(error: BodyError) -> Status {
    Status::cancelled("the caller closed the request before its end").with_source(error)
}
