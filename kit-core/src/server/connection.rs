//! Serves one connection, from its first byte to its end.
//!
//! hyper implements the protocol. This adds what a public server needs
//! besides: one timer for everything that a peer may be slow at, and a watch
//! for shutdown. Together they cost a request no more than a few loads.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::futures::Notified;
use tokio::time::{Instant, Sleep};

use crate::model::context::Peer;
use crate::net::detect::{Protocol, detect};
use crate::net::stream::Stream;
use crate::server::activity::{Activity, Call, Shared, Watched};
use crate::server::dispatch::Dispatcher;
use crate::server::peer_timeouts::PeerTimeouts;
use crate::server::response::{respond, respond_boxed};
use crate::server::shutdown::{Phase, Shutdown};
use crate::transport::{Connection, Limits};

/// hyper's HTTP/1 keeps the first hundred headers on the stack, but moves them
/// to the heap once any limit is set, even this same one.
const HEADERS_ON_STACK: usize = 100;

/// The smallest buffer that hyper accepts.
const SMALLEST_BUFFER: usize = 8 << 10;

/// The bounds that HTTP/2 sets on the maximum frame size.
const SMALLEST_FRAME: u32 = 1 << 14;
const LARGEST_FRAME: u32 = (1 << 24) - 1;

/// How long a draining server waits for the first bytes of a connection that
/// it has accepted: they may already be on their way.
const OPENING_GRACE: Duration = Duration::from_millis(100);

/// Serves connections: the dispatcher, and hyper's settings, built once per
/// server.
pub(crate) struct Serving {
    dispatcher: Arc<Dispatcher>,
    limits: Arc<Limits>,
    shutdown: Shutdown,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

/// How a connection ended, unless it failed with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Both sides closed it.
    Closed,
    /// The peer was too slow, or idle for too long.
    TimedOut,
    /// The server had to stop with this many calls in flight.
    Cut(usize),
}

impl Serving {
    pub(crate) fn new(
        dispatcher: Arc<Dispatcher>,
        limits: Arc<Limits>,
        shutdown: Shutdown,
    ) -> Self {
        Self {
            http1: http1_builder(&limits),
            http2: http2_builder(&limits),
            dispatcher,
            limits,
            shutdown,
        }
    }

    pub(crate) fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Serves one connection to its end.
    pub(crate) async fn connection(&self, mut stream: Stream, peer: Option<Peer>) {
        let accepted = Instant::now();
        let opening = tokio::time::timeout(self.limits.header_timeout, detect(&mut stream));
        let draining = async {
            self.shutdown.reached(Phase::Draining).await;
            tokio::time::sleep(OPENING_GRACE).await;
        };
        let opened = tokio::select! {
            opened = opening => opened,
            () = draining => return,
        };
        let (protocol, first) = match opened {
            Ok(Ok(Some(opened))) => opened,
            Ok(Ok(None)) => return,
            Ok(Err(error)) => {
                return tracing::debug!(target: "kit::server", ?peer, %error, "connection failed");
            }
            Err(_) => {
                return tracing::debug!(target: "kit::server", ?peer, "connection sent nothing in time");
            }
        };
        let shared = Arc::new(Shared {
            dispatcher: Arc::clone(&self.dispatcher),
            connection: Connection::new(peer, Arc::clone(&self.limits)),
            activity: Activity::default(),
        });
        let end = match protocol {
            Protocol::Http1 => self.http1(stream, first, &shared, accepted).await,
            Protocol::Http2 => self.http2(stream, first, &shared, accepted).await,
        };
        let peer = shared.connection.peer();
        match end {
            Ok(End::Closed) => {}
            Ok(End::TimedOut) => {
                tracing::debug!(target: "kit::server", ?peer, "connection timed out");
            }
            Ok(End::Cut(calls)) => self.shutdown.cut(calls),
            Err(error) => {
                tracing::debug!(target: "kit::server", ?peer, %error, "connection failed");
            }
        }
    }

    async fn http1(
        &self,
        stream: Stream,
        first: bytes::Bytes,
        shared: &Arc<Shared>,
        accepted: Instant,
    ) -> hyper::Result<End> {
        let io = Watched::new(stream, first, Arc::clone(shared));
        let service = service_fn(|request| respond(Call::begin(shared), request));
        let connection = self.http1.serve_connection(io, service).with_upgrades();
        self.drive(connection, &shared.activity, PeerTimeouts::http1(accepted))
            .await
    }

    async fn http2(
        &self,
        stream: Stream,
        first: bytes::Bytes,
        shared: &Arc<Shared>,
        accepted: Instant,
    ) -> hyper::Result<End> {
        let io = Watched::new(stream, first, Arc::clone(shared));
        let service = service_fn(|request| respond_boxed(Call::begin(shared), request));
        let connection = self.http2.serve_connection(io, service);
        self.drive(connection, &shared.activity, PeerTimeouts::http2(accepted))
            .await
    }

    /// Polls a connection. Closes it gracefully when the server drains or it
    /// has been idle for too long, and drops it when closing takes too long.
    async fn drive<C: Graceful>(
        &self,
        connection: C,
        activity: &Activity,
        mut timeouts: PeerTimeouts,
    ) -> hyper::Result<End> {
        let mut connection = pin!(connection);
        let mut watch = pin!(Watch {
            shutdown: &self.shutdown,
            changed: self.shutdown.changed(),
            alarm: tokio::time::sleep_until(timeouts.next_check(&self.limits)),
            registered: None,
        });
        let mut draining = false;
        std::future::poll_fn(|task| {
            loop {
                watch.as_mut().register(task);
                if let Poll::Ready(outcome) = connection.as_mut().poll(task) {
                    return Poll::Ready(outcome.map(|()| End::Closed));
                }
                match self.shutdown.phase() {
                    Phase::Running => {}
                    Phase::Draining if draining => {}
                    Phase::Draining => {
                        draining = true;
                        connection.as_mut().close_gracefully();
                        watch.as_mut().renew();
                        continue;
                    }
                    // Count the calls before they are dropped with the connection.
                    Phase::Cutting | Phase::Done => {
                        return Poll::Ready(Ok(End::Cut(activity.in_flight())));
                    }
                }
                let Some(wait) = timeouts.current_wait(activity) else {
                    return Poll::Pending;
                };
                if !watch.alarm_elapsed() && timeouts.has_known_start(wait) {
                    return Poll::Pending;
                }
                let now = Instant::now();
                let due = timeouts.due(wait, now, &self.limits);
                if due > now {
                    let due = due.min(timeouts.next_check(&self.limits));
                    if watch.as_mut().wake_by(due, task) {
                        continue;
                    }
                    return Poll::Pending;
                }
                if !timeouts.may_close_gracefully(wait, now) {
                    return Poll::Ready(Ok(End::TimedOut));
                }
                connection.as_mut().close_gracefully();
            }
        })
        .await
    }
}

fn http1_builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // Our timer covers the head, the idle time and the response together,
        // without a timer per request.
        .header_read_timeout(None)
        .keep_alive(true)
        // A peer that closes its side has gone away: cancel its handler.
        .half_close(false)
        // A response goes out in one write from one buffer: for responses of
        // ordinary size that is less work than a vectored write of two.
        // Holding responses back while more requests are read would have the
        // same effect, but loses the response to bytes that are not a request.
        .writev(false)
        .max_header_size(limits.header_list)
        .max_buf_size(limits.http1.buffer.max(SMALLEST_BUFFER));
    if limits.http1.header_count != HEADERS_ON_STACK {
        builder.max_headers(limits.http1.header_count);
    }
    builder
}

fn http2_builder(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.http2.concurrent_streams)
        .max_pending_accept_reset_streams(limits.http2.pending_resets)
        .max_local_error_reset_streams(limits.http2.local_resets)
        .max_header_list_size(u32::try_from(limits.header_list).unwrap_or(u32::MAX))
        .initial_stream_window_size(limits.http2.stream_window)
        .initial_connection_window_size(limits.http2.connection_window)
        .adaptive_window(false)
        .max_frame_size(limits.http2.frame.clamp(SMALLEST_FRAME, LARGEST_FRAME))
        .max_send_buf_size(limits.http2.send_buffer)
        .keep_alive_interval(limits.http2.keep_alive_interval)
        .keep_alive_timeout(limits.http2.keep_alive_timeout);
    builder
}

/// A hyper connection of either HTTP version.
trait Graceful: Future<Output = hyper::Result<()>> {
    /// Lets calls in progress finish and starts no more.
    fn close_gracefully(self: Pin<&mut Self>);
}

impl<S, B> Graceful for http1::UpgradeableConnection<Watched, S>
where
    S: hyper::service::HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: http_body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn close_gracefully(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S, B> Graceful for http2::Connection<Watched, S, TokioExecutor>
where
    S: hyper::service::HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    S::Future: Send + 'static,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn close_gracefully(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

pin_project_lite::pin_project! {
    /// The wake-ups of a connection besides its bytes: a phase change and the alarm.
    /// Both futures are polled only when they are set up, as each poll takes a lock.
    struct Watch<'a> {
        shutdown: &'a Shutdown,
        #[pin]
        changed: Notified<'a>,
        #[pin]
        alarm: Sleep,
        registered: Option<Waker>,
    }
}

impl Watch<'_> {
    fn register(self: Pin<&mut Self>, task: &mut TaskContext<'_>) {
        let this = self.project();
        let known = this.registered.as_ref();
        if known.is_some_and(|waker| waker.will_wake(task.waker())) {
            return;
        }
        *this.registered = Some(task.waker().clone());
        // An event that has already happened is not missed: the caller checks
        // the phase and the alarm.
        let _ = this.changed.poll(task);
        let _ = this.alarm.poll(task);
    }

    /// Subscribes to the next change of phase.
    fn renew(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.changed.set(this.shutdown.changed());
        *this.registered = None;
    }

    fn alarm_elapsed(&self) -> bool {
        self.alarm.is_elapsed()
    }

    /// Sets the alarm to `due` or earlier; true if it has already elapsed.
    fn wake_by(self: Pin<&mut Self>, due: Instant, task: &mut TaskContext<'_>) -> bool {
        let mut alarm = self.project().alarm;
        if !alarm.is_elapsed() && alarm.deadline() <= due {
            return false;
        }
        alarm.as_mut().reset(due);
        alarm.poll(task).is_ready()
    }
}
