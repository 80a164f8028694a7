//! The stream of messages of a streaming method, as a parameter or a result.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;

use crate::model::status::Status;

/// A stream of messages that may end in a [`Status`].
///
/// It is one concrete type, so that a trait method can name it, at the cost of
/// one box per stream. Read it by [`Streaming::message`] or as a [`Stream`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut numbers = kit::Streaming::from_items([1, 2]);
/// assert_eq!(numbers.message().await?, Some(1));
/// assert_eq!(numbers.message().await?, Some(2));
/// assert_eq!(numbers.message().await?, None);
/// # Ok::<(), kit::Status>(())
/// # }).map_err(|status| std::io::Error::other(status))?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Streaming<T> {
    stream: Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>,
}

impl<T: Send + 'static> Streaming<T> {
    /// A stream from any stream of results.
    pub fn new(stream: impl Stream<Item = Result<T, Status>> + Send + 'static) -> Self {
        Self {
            stream: Box::pin(stream),
        }
    }

    /// A stream of given items.
    pub fn from_items<I>(items: I) -> Self
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send + 'static,
    {
        let mut items = items.into_iter();
        Self::new(PollFn(move |_: &mut TaskContext<'_>| {
            Poll::Ready(items.next().map(Ok))
        }))
    }

    /// A stream and its sender, with a buffer of `capacity` messages; sending
    /// waits while the buffer is full.
    ///
    /// # Panics
    /// `capacity` is zero.
    pub fn channel(capacity: usize) -> (mpsc::Sender<Result<T, Status>>, Self) {
        let (sender, mut receiver) = mpsc::channel(capacity);
        let stream = Self::new(PollFn(move |task: &mut TaskContext<'_>| {
            receiver.poll_recv(task)
        }));
        (sender, stream)
    }
}

impl<T> Streaming<T> {
    /// The next message, or `None` at the end.
    ///
    /// # Errors
    /// The failure of the stream: the peer's status, a message that can't be
    /// decoded, the deadline.
    pub async fn message(&mut self) -> Result<Option<T>, Status> {
        poll_fn(|task| self.stream.as_mut().poll_next(task))
            .await
            .transpose()
    }
}

impl<T> Stream for Streaming<T> {
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().stream.as_mut().poll_next(task)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streaming")
    }
}

struct PollFn<F>(F);

impl<F> Unpin for PollFn<F> {}

impl<T, F> Stream for PollFn<F>
where
    F: FnMut(&mut TaskContext<'_>) -> Poll<Option<T>>,
{
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<T>> {
        (self.get_mut().0)(task)
    }
}
