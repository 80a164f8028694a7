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
