//! Deadlines, cancellation and what is ambient.

use super::*;

fn accepted(metadata: Metadata) -> AcceptedCall {
    AcceptedCall::new(metadata, None, http::Extensions::new())
}

#[tokio::test]
async fn the_ambient_context_is_the_innermost_scope() {
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
async fn dropping_the_call_cancels_what_watches_it() {
    let call = accepted(Metadata::new());
    let cx = call.context().clone();
    let watch = tokio::spawn(async move { cx.cancelled().await });
    tokio::task::yield_now().await;
    assert!(!watch.is_finished());
    drop(call);
    watch.await.expect("the watcher ends");
}

#[tokio::test]
async fn a_watcher_that_comes_late_still_learns() {
    let call = accepted(Metadata::new());
    let cx = call.context().clone();
    drop(call);
    tokio::time::timeout(Duration::from_secs(5), cx.cancelled())
        .await
        .expect("the call has ended already");
}

#[test]
fn a_local_call_receives_what_was_sent_and_nothing_else() {
    let mut came = Metadata::new();
    came.insert("authorization", "secret").expect("valid");
    let call = accepted(came);
    assert!(call.context().for_local_call().metadata().is_empty());

    let mut sent = Metadata::new();
    sent.insert("x-tenant", "blue").expect("valid");
    let inner = call.context().with_outgoing(sent).for_local_call();
    assert_eq!(inner.metadata().get("x-tenant"), Some("blue"));
    assert_eq!(inner.metadata().get("authorization"), None);
    assert!(inner.outgoing().is_none());
}

#[test]
fn the_number_of_attempts_goes_on_from_floor_to_floor() {
    let mut came = Metadata::new();
    came.insert(incoming::PREVIOUS_ATTEMPTS, "2")
        .expect("valid");
    let call = accepted(came);
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
fn a_number_of_attempts_that_is_none_is_no_attempt() {
    for text in ["", "-1", "many", "99999999999"] {
        let mut came = Metadata::new();
        came.insert(incoming::PREVIOUS_ATTEMPTS, text)
            .expect("valid");
        assert_eq!(accepted(came).context().previous_attempts(), 0, "{text}");
    }
}

#[test]
fn a_local_caller_reads_what_was_replied() {
    let received = ResponseMetadata::new();
    let inner = Context::new()
        .with_response_metadata(&received)
        .for_local_call();
    inner
        .reply(|reply| reply.headers.insert("x-a", "1"))
        .expect("a call has a reply")
        .expect("valid");
    drop(inner);
    assert_eq!(received.headers().get("x-a"), Some("1"));
}

#[test]
fn the_callers_request_id_is_kept_and_a_missing_one_is_made_once() {
    let mut metadata = Metadata::new();
    metadata.insert("x-request-id", "abc").expect("valid");
    assert_eq!(accepted(metadata).context().request_id(), Some("abc"));

    let call = accepted(Metadata::new());
    let id = call.context().request_id().map(str::to_owned);
    assert!(id.is_some());
    assert_eq!(call.context().clone().request_id().map(str::to_owned), id);
}
