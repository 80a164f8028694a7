//! kit's gRPC client against kit's gRPC server.

use std::sync::atomic::Ordering;
use std::time::Duration;

use kit::grpc::{Compressed, Encoding, GrpcChannel, GrpcOptions};
use kit::{Code, Context, Metadata, ResponseMetadata, Server, Status, Streaming};

use crate::grpc::probe::{
    Number, Peer, Probe as _, ProbeClient, ProbeError, ProbeServer, Running, Service, frame,
};
use crate::support::raw::{soon, was_notified, with_a_deadline};

fn numbers(items: impl IntoIterator<Item = i64>) -> Streaming<Number> {
    let items: Vec<_> = items.into_iter().map(|n| Number { n }).collect();
    Streaming::from_items(items)
}

async fn collect(mut stream: Streaming<Number>) -> Result<Vec<i64>, Status> {
    let mut all = Vec::new();
    while let Some(Number { n }) = stream.message().await? {
        all.push(n);
    }
    Ok(all)
}

#[tokio::test]
async fn a_typed_error_arrives_as_its_variant() {
    let (server, _) = Running::probe().await;
    let probe = server.client().await;
    assert_eq!(probe.sum(1, 2).await.expect("sums"), 3);
    match probe.sum(1, -2).await {
        Err(ProbeError::Negative { what, value: -2 }) if what == "b" => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(probe.sum(3, 4).await.expect("sums"), 7);
}

#[tokio::test]
async fn streams_of_every_kind_arrive() {
    let (server, _) = Running::probe().await;
    let probe = server.client().await;
    let counted = probe.count(5_000).await.expect("counts");
    assert_eq!(
        collect(counted).await.expect("all"),
        (0..5_000).collect::<Vec<_>>()
    );
    assert_eq!(
        collect(probe.count(0).await.expect("counts"))
            .await
            .expect("none"),
        [0_i64; 0]
    );
    assert_eq!(probe.total(numbers(1..=1000)).await.expect("adds"), 500_500);
    assert_eq!(probe.total(numbers([])).await.expect("adds"), 0);
    let doubled = probe.double(numbers(0..1000)).await.expect("doubles");
    assert_eq!(
        collect(doubled).await.expect("all"),
        (0..1000).map(|n| 2 * n).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_bidirectional_stream_interleaves_messages() {
    let (server, _) = Running::probe().await;
    let (sender, numbers) = Streaming::channel(1);
    let mut doubled = server
        .client()
        .await
        .double(numbers)
        .await
        .expect("doubles");
    for n in 1..=3 {
        sender.send(Ok(Number { n })).await.expect("takes it");
        assert_eq!(
            doubled.message().await.expect("a response"),
            Some(Number { n: 2 * n }),
            "each response comes before the next question"
        );
    }
    drop(sender);
    assert_eq!(doubled.message().await.expect("the end"), None);
}

#[tokio::test]
async fn an_error_after_messages_arrives_after_them() {
    let (server, _) = Running::probe().await;
    let probe = server.client().await;
    let mut doubled = probe.double(numbers([1, -1, 2])).await.expect("doubles");
    assert_eq!(doubled.message().await.expect("one"), Some(Number { n: 2 }));
    let failure = doubled.message().await.expect_err("fails");
    assert_eq!(
        (failure.code(), failure.message()),
        (Code::Aborted, "a negative number")
    );
    assert_eq!(doubled.message().await.expect("over"), None);
}

#[tokio::test]
async fn a_failed_request_stream_returns_its_own_error() {
    let (server, _) = Running::probe().await;
    let (sender, numbers) = Streaming::channel(2);
    sender.send(Ok(Number { n: 1 })).await.expect("room");
    let own = Status::data_loss("the file is torn");
    sender.send(Err(own)).await.expect("room");
    let failure = server
        .client()
        .await
        .total(numbers)
        .await
        .expect_err("fails");
    assert_eq!(
        (failure.code(), failure.message()),
        (Code::DataLoss, "the file is torn")
    );
    server.still_serves().await;
}

#[tokio::test]
async fn metadata_is_sent_both_ways() {
    let (server, _) = Running::probe().await;
    let probe = server.client().await;
    let mut sent = Metadata::new();
    sent.insert("x-text", "a").expect("valid");
    sent.append("x-text", "b").expect("valid");
    sent.insert_bin("x-bytes-bin", [0, 255]).expect("valid");
    sent.insert_bin("y-bytes-bin", [1, 2, 3]).expect("valid");
    // Names reserved by gRPC can't be sent as metadata.
    sent.insert("grpc-timeout", "1n").expect("valid");
    sent.insert("content-type", "text/plain").expect("valid");
    let received = ResponseMetadata::new();
    let cx = Context::new()
        .with_outgoing(sent)
        .with_response_metadata(&received);
    let seen = probe.meta(&cx).await.expect("answers");
    assert_eq!(
        seen,
        [
            "user-agent",
            "x-bytes-bin",
            "x-text",
            "x-text",
            "y-bytes-bin"
        ],
        "a handler sees no headers that are gRPC's own"
    );
    let headers = received.headers();
    assert_eq!(headers.get_all("x-text").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        headers.get_bin("x-bytes-bin").as_deref(),
        Some(&[0, 255][..])
    );
    assert_eq!(headers.get("content-type"), None);
    let trailers = received.trailers();
    assert_eq!(
        trailers.get_bin("y-bytes-bin").as_deref(),
        Some(&[1, 2, 3][..])
    );
    assert_eq!(trailers.get("grpc-status"), None);
}

#[tokio::test]
async fn a_deadline_ends_a_call_on_both_sides() {
    let (server, service) = Running::probe().await;
    let probe = server.client().await;
    with_a_deadline(async |cx| {
        let failure = cx.scope(probe.hang()).await.expect_err("takes too long");
        assert_eq!(failure.code(), Code::DeadlineExceeded);
        was_notified(&service.began).then_some(())
    })
    .await;
    soon("the end of the handler", service.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn a_deadline_ends_a_stream() {
    let (server, service) = Running::probe().await;
    let probe = server.client().await;
    let first = async |cx: Context| {
        let mut numbers = cx.scope(probe.trickle()).await?;
        let first = numbers.message().await?;
        assert_eq!(first, Some(Number { n: 1 }));
        Ok::<_, Status>(numbers)
    };
    let mut numbers = with_a_deadline(async |cx| match first(cx).await {
        Ok(numbers) => Some(numbers),
        Err(late) => {
            assert_eq!(late.code(), Code::DeadlineExceeded);
            None
        }
    })
    .await;
    let failure = soon("the cut", numbers.message()).await.expect_err("cut");
    assert_eq!(
        (failure.code(), failure.message()),
        (
            Code::DeadlineExceeded,
            "the stream did not end before its deadline"
        )
    );
    soon("the end of the handler", service.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn a_dropped_call_cancels_the_handler() {
    let (server, service) = Running::probe().await;
    let probe = server.client().await;
    let call = tokio::spawn(async move { probe.hang().await });
    soon("the call", service.began.notified()).await;
    call.abort();
    soon("the end of the handler", service.dropped.notified()).await;

    let mut numbers = server.client().await.trickle().await.expect("begins");
    numbers.message().await.expect("one");
    drop(numbers);
    soon("the end of the stream", service.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn a_panic_is_internal_and_the_server_survives() {
    let (server, _) = Running::probe().await;
    let probe = server.client().await;
    let failure = probe.panics().await.expect_err("fails");
    assert_eq!(
        (failure.code(), failure.message()),
        (Code::Internal, "method `panics` panicked")
    );
    let failure = collect(probe.panics_later().await.expect("begins"))
        .await
        .expect_err("fails");
    assert_eq!(
        (failure.code(), failure.message()),
        (Code::Internal, "method `panics_later` panicked")
    );
    assert_eq!(probe.sum(1, 2).await.expect("sums"), 3);
}

#[tokio::test]
async fn messages_are_compressed_if_both_sides_accept_it() {
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        let service = ProbeServer::new(Service::default());
        let server = Server::new().mount(Compressed::new(service, encoding));
        let server = Running::start(server).await;
        let options = GrpcOptions::new().compression(Some(encoding));
        let channel = GrpcChannel::connect_with(&server.url(), options)
            .await
            .expect("connects");
        let probe = ProbeClient::new(channel);
        let data = b"as long as it is dull ".repeat(10_000);
        assert_eq!(probe.blob(data.clone()).await.expect("echoes"), data);
        assert_eq!(probe.sum(1, 2).await.expect("sums"), 3);
        assert_eq!(
            collect(probe.count(5000).await.expect("counts"))
                .await
                .expect("all")
                .len(),
            5000
        );

        // The encoding on the wire, for a peer that accepts compression and for
        // one that does not.
        let mut peer = Peer::connect(server.address).await;
        let message = {
            let mut message = vec![0x0a, 0x90, 0x4e];
            message.resize(3 + 10_000, b'a');
            message
        };
        let plain = peer.request("/test.v1.Probe/Blob");
        let plain = peer.exchange(plain, &frame(0, &message)).await;
        assert_eq!(plain.headers.get("grpc-encoding"), None);
        assert_eq!(plain.body, frame(0, &message));
        let mut request = peer.request("/test.v1.Probe/Blob");
        let accept = encoding.name().parse().expect("a header");
        request.headers_mut().insert("grpc-accept-encoding", accept);
        let small = peer.exchange(request, &frame(0, &message)).await;
        assert_eq!(small.headers["grpc-encoding"], encoding.name());
        assert_eq!(small.headers["grpc-accept-encoding"], "gzip,zstd,identity");
        assert_eq!(small.body[0], 1);
        assert!(small.body.len() < 200, "{}", small.body.len());
        assert_eq!(small.status(), (0, ""));
    }
}

#[tokio::test]
async fn a_slow_reader_blocks_the_writer() {
    let (server, service) = Running::probe().await;
    let made = &service.counted;
    let mut numbers = server
        .client()
        .await
        .count(50_000_000)
        .await
        .expect("counts");
    let stalled = soon("the writer waits", async {
        loop {
            let before = made.load(Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(300)).await;
            if before > 0 && made.load(Ordering::Relaxed) == before {
                return before;
            }
        }
    });
    let stalled = stalled.await;
    assert!(stalled < 1_000_000, "{stalled} numbers wait for a reader");
    for n in 0..stalled {
        let number = numbers.message().await.expect("a number");
        assert_eq!(number, Some(Number { n }));
    }
    assert!(made.load(Ordering::Relaxed) > stalled, "it goes on");
}

/// A service of its own, as metrics are per process.
#[kit::service(name = "test.v1.Counted")]
#[transport(grpc)]
pub trait Counted {
    /// Streams that many numbers, and waits for ever after two.
    async fn numbers(&self, upto: i64) -> Result<Streaming<Number>, Status>;
}

impl Counted for Service {
    async fn numbers(&self, upto: i64) -> Result<Streaming<Number>, Status> {
        if upto > 2 {
            return self.trickle().await;
        }
        self.count(upto).await
    }
}

/// The ended calls by code, and the number of calls in flight.
fn counted() -> (Vec<(Code, u64)>, u64) {
    let all = kit::metrics::snapshot();
    let method = all
        .iter()
        .find(|method| {
            method.service == "test.v1.Counted" && method.side == kit::metrics::Side::Server
        })
        .expect("the method is served");
    (method.calls.clone(), method.in_flight)
}

#[tokio::test]
async fn a_stream_is_counted_to_its_end() {
    let server = Server::new().mount(CountedServer::new(Service::default()));
    let server = Running::start(server).await;
    let client = CountedClient::connect(server.url())
        .await
        .expect("connects");
    let numbers = client.numbers(2).await.expect("begins");
    assert_eq!(collect(numbers).await.expect("all"), [0, 1]);
    assert_eq!(counted(), (vec![(Code::Ok, 1)], 0));

    let mut numbers = client.numbers(3).await.expect("begins");
    numbers.message().await.expect("one");
    assert_eq!(counted(), (vec![(Code::Ok, 1)], 1), "it goes on");
    drop(numbers);
    let ended = soon("the end", async {
        while counted().1 > 0 {
            tokio::task::yield_now().await;
        }
        counted()
    });
    assert_eq!(ended.await, (vec![(Code::Ok, 1), (Code::Cancelled, 1)], 0));
}
