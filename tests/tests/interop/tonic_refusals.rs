//! The retry delay of a refusal as tonic's client reads it: gRPC's
//! `grpc-retry-pushback-ms` and Google's `RetryInfo`.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::uri::PathAndQuery;
use kit::Server;
use prost::Message as _;
use tonic::Request;
use tonic_prost::ProstCodec;

use crate::grpc::probe::Running;
use crate::interop::tonic::{Empty, Int, TonicClient, tonic_client};
use crate::policy::refusals::{Holding, RefusingServer};
use crate::support::raw::soon;

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// `google.rpc.ErrorInfo`.
#[derive(Clone, PartialEq, prost::Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(btree_map = "string, string", tag = "3")]
    metadata: BTreeMap<String, String>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

/// The details of a refusal: its policy and state, and the delay in
/// nanoseconds, if there is one.
fn refusal(status: &tonic::Status) -> (String, String, Option<i128>) {
    let details = RpcStatus::decode(status.details()).expect("a google.rpc.Status");
    assert_eq!(details.code, i32::from(status.code()));
    assert_eq!(details.message, status.message());
    let mut details = details.details.into_iter();
    let info = details.next().expect("there is a detail");
    assert_eq!(info.type_url, "type.googleapis.com/google.rpc.ErrorInfo");
    let info = ErrorInfo::decode(&*info.value).expect("an ErrorInfo");
    assert_eq!(info.reason, "Refused");
    assert_eq!(info.domain, "test.v1.Refusing");
    assert_eq!(info.metadata.len(), 2);
    let wait = details.next().map(|retry| {
        assert_eq!(retry.type_url, "type.googleapis.com/google.rpc.RetryInfo");
        let retry = RetryInfo::decode(&*retry.value).expect("a RetryInfo");
        let delay = retry.retry_delay.expect("a delay");
        i128::from(delay.seconds) * 1_000_000_000 + i128::from(delay.nanos)
    });
    assert_eq!(details.next(), None);
    let field = |name: &str| info.metadata[name].trim_matches('"').to_owned();
    (field("policy"), field("state"), wait)
}

/// Calls a method without arguments.
async fn refusing(client: &mut TonicClient, method: &str) -> Result<i64, tonic::Status> {
    client.ready().await.expect("ready");
    let path = PathAndQuery::try_from(format!("/test.v1.Refusing/{method}")).expect("a path");
    let codec: ProstCodec<Empty, Int> = ProstCodec::default();
    let answer = client.unary(Request::new(Empty {}), path, codec).await?;
    Ok(answer.into_inner().value)
}

#[tokio::test]
async fn tonic_reads_retry_after_of_a_refusal() {
    let holding = Arc::new(Holding::default());
    let server = Server::new().mount(RefusingServer::new(Arc::clone(&holding)));
    let server = Running::start(server).await;
    let mut client = tonic_client(&server).await;
    let pushback = |status: &tonic::Status| {
        let text = status.metadata().get("grpc-retry-pushback-ms")?.to_str();
        Some(text.expect("text").parse::<i128>().expect("a number"))
    };

    assert_eq!(refusing(&mut client, "Limited").await.ok(), Some(1));
    let failed = refusing(&mut client, "Broken").await.expect_err("it fails");
    assert_eq!((failed.message(), pushback(&failed)), ("down", None));
    for (method, code, policy, state, longest) in [
        (
            "Limited",
            tonic::Code::ResourceExhausted,
            "rate_limit",
            "rate_exceeded",
            3_600,
        ),
        ("Broken", tonic::Code::Unavailable, "breaker", "open", 60),
    ] {
        let status = refusing(&mut client, method).await.expect_err("refused");
        assert_eq!(status.code(), code);
        let (by, why, wait) = refusal(&status);
        assert_eq!((by.as_str(), why.as_str()), (policy, state));
        let wait = wait.expect("it is known");
        let longest = longest * 1_000_000_000;
        assert!((longest / 2..=longest).contains(&wait), "{wait}");
        // Whole milliseconds, rounded up.
        assert_eq!(pushback(&status), Some((wait + 999_999) / 1_000_000));
    }

    // The end of a call is unknown, so there is no delay.
    let mut inside = client.clone();
    let inside = tokio::spawn(async move { refusing(&mut inside, "Narrow").await });
    holding.began().await;
    let status = refusing(&mut client, "Narrow").await.expect_err("refused");
    assert_eq!(status.code(), tonic::Code::Unavailable);
    let details = ("concurrency".to_owned(), "queue_full".to_owned(), None);
    assert_eq!(refusal(&status), details);
    assert_eq!(pushback(&status), None);
    holding.release_one();
    let answer = soon("the answer", inside).await.expect("it ran");
    assert_eq!(answer.ok(), Some(1));
}
