//! Reads a whole body, within limits of size and time.
//!
//! Most bodies are one frame that arrives with the headers: they are neither
//! copied nor timed.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use tokio::time::{Sleep, sleep};

use crate::transport::body::BodyError;

/// The error of reading a whole body.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// It is larger than the limit, or announced to be.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
    /// The peer closed the connection, or broke the protocol.
    Broken(BodyError),
}

/// Reads a whole body, within limits of size and time; `Duration::MAX` is no
/// limit. A body of one frame is not copied.
pub(crate) fn read_whole<B>(body: B, limit: usize, wait: Duration) -> ReadWhole<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    ReadWhole {
        body,
        read: Collected::Nothing,
        limit,
        wait,
        timer: None,
    }
}

/// The future of [`read_whole`].
#[derive(Debug)]
pub(crate) struct ReadWhole<B> {
    body: B,
    read: Collected,
    limit: usize,
    wait: Duration,
    /// Boxed, as few bodies need it and it would enlarge every future that
    /// reads one.
    timer: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, Default)]
enum Collected {
    #[default]
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl Collected {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, next: Bytes) {
        if next.is_empty() {
            return;
        }
        match self {
            Self::Nothing => *self = Self::One(next),
            Self::One(first) => {
                let mut bytes = BytesMut::with_capacity(2 * (first.len() + next.len()));
                bytes.extend_from_slice(first);
                bytes.extend_from_slice(&next);
                *self = Self::Many(bytes);
            }
            Self::Many(bytes) => bytes.extend_from_slice(&next),
        }
    }

    /// The whole body, given its last frame.
    fn take_with(&mut self, last: Bytes, limit: usize) -> Result<Bytes, ReadError> {
        if last.len().saturating_add(self.len()) > limit {
            return Err(ReadError::TooLarge);
        }
        if let Self::Nothing = self {
            return Ok(last);
        }
        self.push(last);
        Ok(self.take())
    }

    fn take(&mut self) -> Bytes {
        match std::mem::take(self) {
            Self::Nothing => Bytes::new(),
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}

impl<B> Future for ReadWhole<B>
where
    B: Body<Data = Bytes, Error: Into<BodyError>> + Unpin,
{
    type Output = Result<Bytes, ReadError>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            // An announced length is checked before anything is read; without
            // one, the bytes are counted.
            let ahead = usize::try_from(this.body.size_hint().lower()).unwrap_or(usize::MAX);
            if ahead.saturating_add(this.read.len()) > this.limit {
                return Poll::Ready(Err(ReadError::TooLarge));
            }
            let data = match Pin::new(&mut this.body).poll_frame(task) {
                Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Poll::Ready(None) => return Poll::Ready(Ok(this.read.take())),
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Err(ReadError::Broken(error.into())));
                }
                Poll::Pending => break,
            };
            if this.body.is_end_stream() {
                return Poll::Ready(this.read.take_with(data, this.limit));
            }
            this.read.push(data);
        }
        // Most bodies arrive with their headers and never need the timer.
        if this.timer.is_none() && this.wait != Duration::MAX {
            this.timer = Some(Box::pin(sleep(this.wait)));
        }
        match this.timer.as_mut().map(|timer| timer.as_mut().poll(task)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(ReadError::TooSlow)),
            _ => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use http_body::{Frame, SizeHint};
    use tokio::time::Instant;

    use super::*;

    /// A body that yields its frames one by one, then ends or stalls.
    struct Script {
        frames: VecDeque<Result<Frame<Bytes>, BodyError>>,
        announced: Option<u64>,
        stalls: bool,
        read: usize,
    }

    impl Script {
        fn of(frames: &[&'static str]) -> Self {
            let frames = frames
                .iter()
                .map(|f| Ok(Frame::data(Bytes::from_static(f.as_bytes()))));
            Self {
                frames: frames.collect(),
                announced: None,
                stalls: false,
                read: 0,
            }
        }
    }

    impl Body for Script {
        type Data = Bytes;
        type Error = BodyError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut TaskContext<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
            self.read += 1;
            match self.frames.pop_front() {
                None if self.stalls => Poll::Pending,
                frame => Poll::Ready(frame),
            }
        }

        fn size_hint(&self) -> SizeHint {
            self.announced
                .map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }

    const WAIT: Duration = Duration::from_secs(1);

    async fn read(body: &mut Script, limit: usize) -> Result<Bytes, ReadError> {
        read_whole(body, limit, WAIT).await
    }

    #[tokio::test]
    async fn frames_are_joined_and_one_frame_is_not_copied() {
        let all = read(&mut Script::of(&["ab", "c", "de"]), 5).await;
        assert_eq!(all.expect("within the limit"), "abcde");
        assert_eq!(read(&mut Script::of(&[]), 5).await.expect("empty"), "");

        let frame = "one frame";
        let whole = read(&mut Script::of(&[frame]), 9).await.expect("whole");
        assert_eq!(whole.as_ptr(), frame.as_ptr());
    }

    #[tokio::test]
    async fn a_body_is_counted_as_it_arrives() {
        let outcome = read(&mut Script::of(&["abc", "def", "never read"]), 5).await;
        assert!(matches!(outcome, Err(ReadError::TooLarge)), "{outcome:?}");
    }

    #[tokio::test]
    async fn an_announced_length_over_the_limit_fails_unread() {
        let mut body = Script::of(&["abc"]);
        body.announced = Some(6);
        let outcome = read(&mut body, 5).await;
        assert!(matches!(outcome, Err(ReadError::TooLarge)), "{outcome:?}");
        assert_eq!(body.read, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stalled_body_fails_at_the_time_limit() {
        let mut body = Script::of(&["abc"]);
        body.stalls = true;
        let start = Instant::now();
        let outcome = read(&mut body, 5).await;
        assert!(matches!(outcome, Err(ReadError::TooSlow)), "{outcome:?}");
        assert_eq!(start.elapsed(), WAIT);
    }

    #[tokio::test]
    async fn a_broken_body_keeps_its_error() {
        let mut body = Script::of(&["abc"]);
        body.frames.push_back(Err("reset".into()));
        match read(&mut body, 5).await {
            Err(ReadError::Broken(error)) => assert_eq!(error.to_string(), "reset"),
            other => panic!("{other:?}"),
        }
    }
}
