//! Go kit's `lb.Retry(max, timeout, balancer)`, by documented settings: no
//! wait, all failures, an unlimited budget, the timeout as deadline.

use super::*;

/// Round robin over three instances with fixed results.
struct Instances {
    next: AtomicU32,
    results: [Result<u32, &'static str>; 3],
}

impl Endpoint<Echo> for Instances {
    async fn call(&self, _: &Context, _: u32) -> Result<u32, Status> {
        let pick = self.next.fetch_add(1, Ordering::Relaxed) % 3;
        self.results[pick as usize].map_err(Status::unknown)
    }
}

fn retry(max: u32, results: [Result<u32, &'static str>; 3]) -> impl Endpoint<Echo> {
    let instances = Instances {
        next: AtomicU32::new(0),
        results,
    };
    Chain::new(Retry::new(eager(max).on(EVERYTHING)), instances)
}

#[tokio::test(start_paused = true)]
async fn each_attempt_picks_another_instance() {
    let results = [Err("one"), Err("two"), Ok(3)];
    let outcome = retry(3, results).call(&Context::new(), 0).await;
    assert_eq!(outcome.ok(), Some(3));
}

#[tokio::test(start_paused = true)]
async fn attempts_include_the_first() {
    let results = [Err("one"), Err("two"), Ok(3)];
    let outcome = retry(2, results).call(&Context::new(), 0).await;
    assert_eq!(outcome.expect_err("two attempts").message(), "two");
}

#[tokio::test(start_paused = true)]
async fn without_classification_an_error_of_the_caller_is_retried() {
    let flaky = Arc::new(Flaky::default());
    let error = Status::invalid_argument("never valid");
    let inner = flaky.endpoint(u32::MAX, error);
    let endpoint = Chain::new(Retry::new(eager(5).on(EVERYTHING)), inner);
    assert!(endpoint.call(&Context::new(), 0).await.is_err());
    assert_eq!(flaky.calls(), 5);
}

#[tokio::test(start_paused = true)]
async fn error_of_the_caller_is_not_retried_by_default() {
    let flaky = Arc::new(Flaky::default());
    let error = Status::invalid_argument("never valid");
    let endpoint = Chain::new(Retry::new(eager(5)), flaky.endpoint(u32::MAX, error));
    assert!(endpoint.call(&Context::new(), 0).await.is_err());
    assert_eq!(flaky.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_attempt_is_not_retried() {
    let flaky = Arc::new(Flaky::default());
    let inner = flaky.endpoint(u32::MAX, Status::unavailable("down"));
    let endpoint = Chain::new(Retry::new(eager(1).on(EVERYTHING)), inner);
    let status = endpoint.call(&Context::new(), 0).await;
    assert_eq!(status.expect_err("it fails").message(), "down");
    assert_eq!(flaky.calls(), 1);
}

/// The instances take 400 ms to fail, and end with their call.
#[tokio::test(start_paused = true)]
async fn overall_timeout_is_deadline_exceeded() {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let slow = EndpointFn::new(move |cx: Context, _: u32| {
        counter.fetch_add(1, Ordering::Relaxed);
        async move {
            let deadline = cx
                .deadline()
                .expect("every attempt has the deadline of the call");
            let fails = tokio::time::sleep(Duration::from_millis(400));
            match tokio::time::timeout_at(deadline, fails).await {
                Ok(()) => Err(Status::unknown("down")),
                Err(_) => Err(Status::deadline_exceeded("too late")),
            }
        }
    });
    let endpoint = Chain::new(Retry::new(eager(9).on(EVERYTHING)), slow);
    let start = tokio::time::Instant::now();
    let cx = Context::new().with_timeout(SECOND);
    let status = Endpoint::<Echo>::call(&endpoint, &cx, 0)
        .await
        .expect_err("no instance responds");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        (start.elapsed(), calls.load(Ordering::Relaxed)),
        (SECOND, 3)
    );
}
