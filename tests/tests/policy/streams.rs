//! Server policies of streaming responses: a call lasts as long as its stream,
//! and is recorded by the end of the stream.

use std::sync::{Arc, Mutex};

use kit::metrics::{Side, policies_snapshot};
use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;
use kit::testing::{InProcess, Running, serve};
use tokio::sync::mpsc::Sender;

use crate::support::raw::soon;

#[derive(Clone, Copy, Debug, PartialEq, kit::Message)]
pub struct Tick {
    number: u32,
}

#[kit::service(name = "test.Ticker")]
#[transport(grpc)]
pub(crate) trait Ticker {
    #[concurrency(1)]
    async fn limited(&self) -> Result<Streaming<Tick>, Status>;

    #[breaker(failures = 2, open = "60s", at = server)]
    async fn guarded(&self) -> Result<Streaming<Tick>, Status>;
}

/// The sender of a stream.
type Ticks = Sender<Result<Tick, Status>>;

/// The senders of the open streams.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<Vec<Ticks>>>);

impl Held {
    fn begin(&self) -> Streaming<Tick> {
        let (sender, stream) = Streaming::channel(1);
        self.0.lock().expect("nothing panics").push(sender);
        stream
    }

    fn last(&self) -> Ticks {
        let sender = self.0.lock().expect("nothing panics").pop();
        sender.expect("a stream has begun")
    }
}

impl Ticker for Held {
    async fn limited(&self) -> Result<Streaming<Tick>, Status> {
        Ok(self.begin())
    }

    async fn guarded(&self) -> Result<Streaming<Tick>, Status> {
        Ok(self.begin())
    }
}

async fn start(held: &Held) -> (Running, TickerClient) {
    let running = serve(kit::Server::new().mount(TickerServer::new(held.clone()))).await;
    let client = TickerClient::connect(running.url("grpc")).await;
    (running, client.expect("it listens"))
}

/// The message of a refused call.
#[track_caller]
fn refused<T>(outcome: Result<T, Status>) -> String {
    match outcome {
        Ok(_) => panic!("it was let in"),
        Err(status) => status.message().to_owned(),
    }
}

fn message(policy: PolicyKind, reason: RefusalReason) -> String {
    let status = Status::from(kit::policy::Refusal::new(policy, reason));
    status.message().to_owned()
}

#[tokio::test]
async fn a_stream_holds_its_permit_until_it_ends() {
    let held = Held::default();
    let (_running, client) = start(&held).await;
    let full = message(PolicyKind::Concurrency, RefusalReason::QueueFull);

    let mut stream = client.limited().await.expect("a free permit");
    let sender = held.last();
    for number in 0..3 {
        let sent = sender.send(Ok(Tick { number })).await;
        sent.expect("the receiver is alive");
        assert_eq!(stream.message().await.ok(), Some(Some(Tick { number })));
        assert_eq!(refused(client.limited().await), full);
    }
    drop(sender);
    assert_eq!(stream.message().await.ok(), Some(None));
    let stream = client.limited().await.expect("a free permit");

    // A caller that drops its stream releases the permit too, once the server
    // has noticed.
    assert_eq!(refused(client.limited().await), full);
    drop(stream);
    soon("a free permit", async {
        while client.limited().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_breaker_counts_a_stream_by_its_end() {
    let held = Held::default();
    let (_running, client) = start(&held).await;
    let open = message(PolicyKind::Breaker, RefusalReason::Open);
    for _ in 0..2 {
        let mut stream = client.guarded().await.expect("the breaker is closed");
        let sender = held.last();
        let sent = sender.send(Ok(Tick { number: 1 })).await;
        sent.expect("the receiver is alive");
        assert_eq!(stream.message().await.ok(), Some(Some(Tick { number: 1 })));
        let sent = sender.send(Err(Status::internal("out of ticks"))).await;
        sent.expect("the receiver is alive");
        let failed = stream.message().await.expect_err("it failed");
        assert_eq!(failed.code(), Code::Internal);
    }
    assert_eq!(refused(client.guarded().await), open);
    let snapshots = policies_snapshot();
    let guarded = snapshots
        .iter()
        .find(|of| (of.side, of.service, of.method) == (Side::Server, "test.Ticker", "Guarded"));
    let refused = guarded.map(|method| method.refused.clone());
    assert_eq!(refused, Some(vec![(RefusalReason::Open, 1)]));
}

#[tokio::test]
async fn an_in_process_call_ends_when_its_stream_begins() {
    let held = Held::default();
    let client = TickerClient::new(InProcess::new(TickerServer::new(held.clone())));
    let streams = [client.limited().await, client.limited().await];
    assert!(streams.iter().all(Result::is_ok), "{streams:?}");
}
