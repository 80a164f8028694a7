//! Which failures are replaced, and what is counted.

use super::*;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, EndpointFn};
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::Method;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::telemetry::event_recorder::EventRecorder;

struct Echo;

impl Method for Echo {
    type Request = String;
    type Response = String;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

fn fails(status: Status) -> impl Endpoint<Echo> {
    EndpointFn::new(move |_: Context, _: String| std::future::ready(Err(status.clone())))
}

/// Whether a fallback substitutes a response for a failure.
async fn substitutes(fallback: &impl Middleware<Echo>, status: Status) -> bool {
    let code = status.code();
    let endpoint = Chain::new(fallback, fails(status));
    match endpoint.call(&Context::new(), "request".to_owned()).await {
        Ok(response) => response == "substitute",
        Err(status) => {
            assert_eq!(status.code(), code);
            false
        }
    }
}

#[tokio::test]
async fn default_codes_are_handled() {
    let fallback = Fallback::value("substitute".to_owned());
    for code in Code::ALL {
        let expected = CODES.contains(code);
        assert_eq!(
            substitutes(&fallback, Status::new(code, "")).await,
            expected,
            "{code}"
        );
    }
    assert_eq!((fallback.invoked(), fallback.failed()), (3, 0));
}

#[tokio::test]
async fn refusals_are_handled_whatever_the_codes() {
    let only = CodeSet::of(&[Code::Internal]);
    let fallback = Fallback::value("substitute".to_owned()).on(only);
    for policy in [PolicyKind::Breaker, PolicyKind::RateLimit] {
        let refused = Status::from(Refusal::new(policy, RefusalReason::Open));
        assert!(substitutes(&fallback, refused).await);
    }
    assert!(substitutes(&fallback, Status::internal("")).await);
    assert!(!substitutes(&fallback, Status::unavailable("")).await);
}

#[tokio::test]
async fn function_receives_context_request_and_error() {
    let fallback = Fallback::new(|cx: Context, request: String, error: Status| async move {
        Ok(format!(
            "{request} {} {}",
            error.code(),
            cx.previous_attempts()
        ))
    });
    let endpoint = Chain::new(fallback, fails(Status::unavailable("")));
    let cx = Context::new().with_previous_attempts(2);
    let outcome = Endpoint::<Echo>::call(&endpoint, &cx, "request".to_owned()).await;
    assert_eq!(outcome.ok().as_deref(), Some("request unavailable 2"));
}

#[tokio::test]
async fn error_of_the_fallback_is_the_result_of_the_call() {
    let fallback = Fallback::new(|_: Context, _: String, error: Status| async move {
        Err(Status::internal(format!("fallback failed: {error}")))
    });
    let endpoint = Chain::new(&fallback, fails(Status::unavailable("down")));
    let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), String::new()).await;
    let status = outcome.expect_err("both fail");
    assert_eq!(status.message(), "fallback failed: unavailable: down");
    assert_eq!((fallback.invoked(), fallback.failed()), (1, 1));
}

#[tokio::test]
async fn each_handled_failure_is_one_event() {
    let events = EventRecorder::start();
    let fallback = Fallback::value("substitute".to_owned()).named("test.Shop.price");
    assert!(substitutes(&fallback, Status::unavailable("down")).await);
    let event = "DEBUG policy=fallback name=test.Shop.price code=unavailable";
    assert_eq!(events.take(), [event]);
    assert!(!substitutes(&fallback, Status::not_found("none")).await);
    assert_eq!(events.take(), [""; 0]);
}

#[tokio::test]
async fn success_skips_the_fallback() {
    let fallback = Fallback::value("substitute".to_owned());
    let echo = EndpointFn::new(|_: Context, request: String| async { Ok(request) });
    let endpoint = Chain::new(&fallback, echo);
    let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), "request".to_owned()).await;
    assert_eq!(outcome.ok().as_deref(), Some("request"));
    assert_eq!(fallback.invoked(), 0);
}
