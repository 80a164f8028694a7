//! The activity of a connection, recorded for its timeouts.
//!
//! A timer per request would cost more than the rest of the server's own work.
//! Instead, events are recorded in a few relaxed atomics, and the connection's
//! single timer reads them when it fires.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::task::{Context as TaskContext, Poll};
use std::{cmp, io};

use bytes::{Buf as _, Bytes};
use http_body::{Body, Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;

use crate::net::stream::Stream;
use crate::server::dispatch::Dispatcher;
use crate::transport::Connection;
use crate::transport::body::{BodyError, ResponseBody};

/// The activity of a connection.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    in_flight: AtomicU32,
    started: AtomicU32,
    /// Bytes have arrived that do not form a request yet.
    partial: AtomicBool,
    write_stalled: AtomicBool,
    writes: AtomicU32,
}

/// What a connection is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The rest of a request's head.
    Head,
    /// The next request; the number distinguishes one idle period from the next.
    Request(u32),
    /// The peer to read; the number distinguishes one stall from the next.
    Peer(u32),
}

impl Activity {
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed) as usize
    }

    /// The number of calls started so far.
    pub(crate) fn started(&self) -> u32 {
        self.started.load(Relaxed)
    }

    /// What the connection waits for; `None` while a handler runs.
    pub(crate) fn wait(&self) -> Option<Wait> {
        if self.write_stalled.load(Relaxed) {
            Some(Wait::Peer(self.writes.load(Relaxed)))
        } else if self.in_flight.load(Relaxed) > 0 {
            None
        } else if self.partial.load(Relaxed) {
            Some(Wait::Head)
        } else {
            Some(Wait::Request(self.started.load(Relaxed)))
        }
    }
}

/// State that all requests of one connection share.
pub(crate) struct Shared {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) connection: Connection,
    pub(crate) activity: Activity,
}

/// A call in progress, until the last byte of its response or its abort.
pub(crate) struct Call(Arc<Shared>);

impl Call {
    pub(crate) fn begin(shared: &Arc<Shared>) -> Self {
        let activity = &shared.activity;
        activity.in_flight.fetch_add(1, Relaxed);
        activity.started.fetch_add(1, Relaxed);
        activity.partial.store(false, Relaxed);
        Self(Arc::clone(shared))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    /// A response body that ends the call when it is dropped.
    pub(crate) fn into_body(self, body: ResponseBody) -> CallBody {
        CallBody { body, _call: self }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let activity = &self.0.activity;
        // Bytes that arrived meanwhile were this call's body.
        activity.partial.store(false, Relaxed);
        activity.in_flight.fetch_sub(1, Relaxed);
    }
}

/// The body of a response; dropping it ends the call.
pub(crate) struct CallBody {
    body: ResponseBody,
    _call: Call,
}

impl Body for CallBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(task)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The byte stream of a connection: the bytes read during protocol detection,
/// then the rest. Records every read and write in [`Activity`].
pub(crate) struct Watched {
    stream: TokioIo<Stream>,
    first: Bytes,
    shared: Arc<Shared>,
}

impl Watched {
    pub(crate) fn new(stream: Stream, first: Bytes, shared: Arc<Shared>) -> Self {
        shared.activity.partial.store(true, Relaxed);
        Self {
            stream: TokioIo::new(stream),
            first,
            shared,
        }
    }

    fn record_write<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let activity = &self.shared.activity;
        if written.is_pending() {
            activity.write_stalled.store(true, Relaxed);
        } else if activity.write_stalled.load(Relaxed) {
            activity.write_stalled.store(false, Relaxed);
            activity.writes.fetch_add(1, Relaxed);
        }
        written
    }
}

impl Read for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.first.is_empty() {
            let length = cmp::min(this.first.len(), cursor.remaining());
            cursor.put_slice(&this.first[..length]);
            this.first.advance(length);
            if this.first.is_empty() {
                this.first = Bytes::new();
            }
            return Poll::Ready(Ok(()));
        }
        let read = Pin::new(&mut this.stream).poll_read(task, cursor);
        if read.is_ready() {
            this.shared.activity.partial.store(true, Relaxed);
        }
        read
    }
}

impl Write for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(task, bytes);
        this.record_write(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(task, bytes);
        this.record_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(task)
    }

    fn poll_shutdown(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(task)
    }
}
