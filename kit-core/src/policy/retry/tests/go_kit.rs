//! Go kit's `lb.Retry(max, timeout, balancer)`, by documented settings: no
//! wait, all failures, a budget that never runs out, the timeout as deadline.

use super::*;

/// Round robin over three instances, of which each fails or answers.
struct Instances {
    next: AtomicU32,
    answers: [Result<u32, &'static str>; 3],
}

impl Endpoint<Echo> for Instances {
    async fn call(&self, _: &Context, _: u32) -> Result<u32, Status> {
        let pick = self.next.fetch_add(1, Ordering::Relaxed) % 3;
        self.answers[pick as usize].map_err(Status::unknown)
    }
}

fn retry(max: u32, answers: [Result<u32, &'static str>; 3]) -> impl Endpoint<Echo> {
    let instances = Instances {
        next: AtomicU32::new(0),
        answers,
    };
    Chain::new(Retry::new(eager(max).on(EVERYTHING)), instances)
}

#[tokio::test(start_paused = true)]
async fn each_attempt_picks_an_instance_anew() {
    let answers = [Err("one"), Err("two"), Ok(3)];
    let outcome = retry(3, answers).call(&Context::new(), 0).await;
    assert_eq!(outcome.ok(), Some(3));
}

#[tokio::test(start_paused = true)]
async fn the_most_attempts_are_counted_with_the_first() {
    let answers = [Err("one"), Err("two"), Ok(3)];
    let outcome = retry(2, answers).call(&Context::new(), 0).await;
    assert_eq!(outcome.expect_err("two attempts").message(), "two");
}

#[tokio::test(start_paused = true)]
async fn without_classification_even_a_callers_mistake_is_tried_again() {
    let flaky = Arc::new(Flaky::default());
    let error = Status::invalid_argument("never valid");
    let inner = flaky.endpoint(u32::MAX, error);
    let endpoint = Chain::new(Retry::new(eager(5).on(EVERYTHING)), inner);
    assert!(endpoint.call(&Context::new(), 0).await.is_err());
    assert_eq!(flaky.calls(), 5);
}

#[tokio::test(start_paused = true)]
async fn by_default_it_is_not() {
    let flaky = Arc::new(Flaky::default());
    let error = Status::invalid_argument("never valid");
    let endpoint = Chain::new(Retry::new(eager(5)), flaky.endpoint(u32::MAX, error));
    assert!(endpoint.call(&Context::new(), 0).await.is_err());
    assert_eq!(flaky.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_attempt_is_one_try() {
    let flaky = Arc::new(Flaky::default());
    let inner = flaky.endpoint(u32::MAX, Status::unavailable("away"));
    let endpoint = Chain::new(Retry::new(eager(1).on(EVERYTHING)), inner);
    let status = endpoint.call(&Context::new(), 0).await;
    assert_eq!(status.expect_err("it fails").message(), "away");
    assert_eq!(flaky.calls(), 1);
}

/// Instances that take 400 ms to fail, and end with their call.
#[tokio::test(start_paused = true)]
async fn the_overall_timeout_gives_the_status_of_the_deadline() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let slow = EndpointFn::new(move |cx: Context, _: u32| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let deadline = cx.deadline().expect("every attempt has that of the call");
            let fails = tokio::time::sleep(Duration::from_millis(400));
            match tokio::time::timeout_at(deadline, fails).await {
                Ok(()) => Err(Status::unknown("away")),
                Err(_) => Err(Status::deadline_exceeded("too late")),
            }
        }
    });
    let endpoint = Chain::new(Retry::new(eager(9).on(EVERYTHING)), slow);
    let start = tokio::time::Instant::now();
    let cx = Context::new().with_timeout(SECOND);
    let status = Endpoint::<Echo>::call(&endpoint, &cx, 0)
        .await
        .expect_err("no instance answers");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        (start.elapsed(), calls.load(Ordering::Relaxed)),
        (SECOND, 3)
    );
}
