//! Deadlines, cancellation and the ambient context.

use super::*;

fn accepted(metadata: Metadata) -> AcceptedCall {
    AcceptedCall::new(metadata, None, http::Extensions::new())
}

#[tokio::test]
async fn ambient_context_is_that_of_the_innermost_scope() {
    let outer = Context::new().with_timeout(Duration::from_secs(5));
    let inner = outer.with_timeout(Duration::from_secs(1));
    outer
        .scope(async {
            assert_eq!(Context::current().deadline(), outer.deadline());
            inner
                .scope(async {
                    assert_eq!(Context::current().deadline(), inner.deadline());
                })
                .await;
            assert_eq!(Context::current().deadline(), outer.deadline());
        })
        .await;
    assert_eq!(Context::current().deadline(), None);
}

#[tokio::test]
async fn dropped_call_cancels_its_watchers() {
    let call = accepted(Metadata::new());
    let cx = call.context().clone();
    let watcher = tokio::spawn(async move { cx.cancelled().await });
    tokio::task::yield_now().await;
    assert!(!watcher.is_finished());
    drop(call);
    watcher.await.expect("the watcher ends");
}

#[tokio::test]
async fn watcher_that_starts_after_the_end_returns_at_once() {
    let call = accepted(Metadata::new());
    let cx = call.context().clone();
    drop(call);
    tokio::time::timeout(Duration::from_secs(5), cx.cancelled())
        .await
        .expect("the call has ended already");
}

#[test]
fn local_call_receives_only_outgoing_metadata() {
    let mut received = Metadata::new();
    received.insert("authorization", "secret").expect("valid");
    let call = accepted(received);
    assert!(call.context().for_local_call().metadata().is_empty());

    let mut sent = Metadata::new();
    sent.insert("x-tenant", "blue").expect("valid");
    let inner = call.context().with_outgoing(sent).for_local_call();
    assert_eq!(inner.metadata().get("x-tenant"), Some("blue"));
    assert_eq!(inner.metadata().get("authorization"), None);
    assert!(inner.outgoing().is_none());
}

#[test]
fn previous_attempts_propagate_through_nested_calls() {
    let mut received = Metadata::new();
    received
        .insert(crate::model::metadata::PREVIOUS_ATTEMPTS, "2")
        .expect("valid");
    let call = accepted(received);
    let cx = call.context();
    assert_eq!(cx.previous_attempts(), 2);
    let mut sent = Metadata::new();
    sent.insert("x-tenant", "blue").expect("valid");
    assert_eq!(cx.for_local_call().previous_attempts(), 2);
    let with_metadata = cx.with_outgoing(sent.clone()).for_local_call();
    assert_eq!(with_metadata.previous_attempts(), 2);
    assert_eq!(with_metadata.for_local_call().previous_attempts(), 2);

    let second = Context::new().with_previous_attempts(1);
    let below = second.for_local_call();
    assert_eq!(below.previous_attempts(), 1);
    assert_eq!(below.for_local_call().previous_attempts(), 1);
    let again = below.with_outgoing(sent).for_local_call();
    assert_eq!(again.previous_attempts(), 1);
    let third = below.with_previous_attempts(4).for_local_call();
    assert_eq!(third.previous_attempts(), 4);
}

#[test]
fn invalid_previous_attempts_are_read_as_zero() {
    for text in ["", "-1", "many", "99999999999"] {
        let mut received = Metadata::new();
        received
            .insert(crate::model::metadata::PREVIOUS_ATTEMPTS, text)
            .expect("valid");
        assert_eq!(
            accepted(received).context().previous_attempts(),
            0,
            "{text}"
        );
    }
}

#[test]
fn local_caller_receives_response_metadata() {
    let received = ResponseMetadata::new();
    let inner = Context::new()
        .with_response_metadata(&received)
        .for_local_call();
    inner
        .reply(|reply| reply.headers.insert("x-a", "1"))
        .expect("a call has response metadata")
        .expect("valid");
    drop(inner);
    assert_eq!(received.headers().get("x-a"), Some("1"));
}

#[test]
fn request_id_is_the_callers_or_generated_once() {
    let mut metadata = Metadata::new();
    metadata.insert("x-request-id", "abc").expect("valid");
    assert_eq!(accepted(metadata).context().request_id(), Some("abc"));

    let call = accepted(Metadata::new());
    let id = call.context().request_id().map(str::to_owned);
    assert!(id.is_some());
    assert_eq!(call.context().clone().request_id().map(str::to_owned), id);
}
