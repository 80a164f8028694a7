use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kit::{Code, Status};

/// A breaker of its own: the third call is refused.
#[kit::breaker(failures = 2, open = "1h")]
pub async fn broken(name: &str) -> Result<usize, Status> {
    let length = check(name)?;
    Ok(length)
}

fn check(name: &str) -> Result<usize, Status> {
    match name.len() {
        0 => Err(Status::unavailable("no name")),
        length => Ok(length),
    }
}

static TRIES: AtomicU32 = AtomicU32::new(0);

#[kit::retry(attempts = 3, backoff = "1ns")]
async fn flaky(mut name: String, suffix: &str) -> Result<String, Status> {
    name.push_str(suffix);
    match TRIES.fetch_add(1, Ordering::Relaxed) {
        2 => Ok(name),
        _ => Err(Status::unavailable("busy")),
    }
}

#[kit::rate_limit("2/h")]
async fn limited() -> Result<(), Status> {
    Ok(())
}

#[kit::concurrency(1)]
async fn one_at_a_time((a, b): (u32, u32)) -> Result<u32, Status> {
    Ok(a + b)
}

#[kit::throttle(k = 2.0)]
async fn throttled() -> Result<(), Status> {
    Ok(())
}

#[kit::shed(cpu = 1.0)]
async fn shed() -> Result<(), Status> {
    Ok(())
}

#[kit::hedge(after = "1h")]
async fn hedged(id: u64) -> Result<u64, Status> {
    Ok(id)
}

static ASKED: AtomicU32 = AtomicU32::new(0);

#[kit::cache(ttl = "1h", coalesce)]
async fn cached(id: u64, name: String) -> Result<String, Status> {
    ASKED.fetch_add(1, Ordering::Relaxed);
    Ok(format!("{id} {name}"))
}

#[kit::fallback(no_name)]
async fn with_fallback(id: u64) -> Result<String, Status> {
    Err(Status::unavailable(format!("{id} is away")))
}

async fn no_name(id: u64, error: Status) -> Result<String, Status> {
    Ok(format!("{id}: {}", error.code()))
}

/// The order of the policies is fixed, whatever the order of the attributes: the
/// breaker is inside the retry, which does not repeat a call that it refused.
#[kit::breaker(failures = 2, open = "1h")]
#[kit::retry(attempts = 9, backoff = "1ns")]
#[kit::fallback(after_all)]
async fn nested(calls: &AtomicU32) -> Result<(), Status> {
    calls.fetch_add(1, Ordering::Relaxed);
    Err(Status::unavailable("busy"))
}

async fn after_all(_: &AtomicU32, error: Status) -> Result<(), Status> {
    assert!(error.refusal().is_some(), "{error:?}");
    Err(error)
}

const SOON: Duration = Duration::from_millis(1);

#[kit::timeout(SOON)]
async fn forever(name: &str) -> Result<usize, Status> {
    std::future::pending::<()>().await;
    Ok(name.len())
}

#[kit::retry(attempts = 2, backoff = "1ns")]
#[kit::timeout("1h")]
#[kit::breaker]
async fn in_time(name: String) -> Result<usize, Status> {
    Ok(name.len())
}

struct Users {
    prefix: String,
}

impl Users {
    #[kit::retry(attempts = 2, backoff = "1ns")]
    #[kit::breaker(failures = 5)]
    pub async fn name(&self, id: u64) -> Result<String, Status> {
        Ok(format!("{}{id}", self.prefix))
    }

    #[kit::breaker]
    async fn rename(&mut self, prefix: &str) -> Result<(), Status> {
        self.prefix = prefix.to_owned();
        Ok(())
    }
}

#[kit::breaker(failures = 1)]
async fn generic<T: Clone + Send>(value: &T) -> Result<T, Status> {
    Ok(value.clone())
}

pub fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    let code = |outcome: Result<usize, Status>| outcome.map_err(|status| status.code());
    assert_eq!(code(broken("ab").await), Ok(2));
    assert_eq!(code(broken("").await), Err(Code::Unavailable));
    let last = broken("").await.map_err(|status| status.refusal().is_some());
    assert_eq!(last, Err(false));
    let refused = broken("ab").await.map_err(|status| status.refusal().is_some());
    assert_eq!(refused, Err(true));

    assert_eq!(flaky("a".to_owned(), "b").await.ok().as_deref(), Some("ab"));
    assert_eq!(TRIES.load(Ordering::Relaxed), 3);

    assert!(limited().await.is_ok());
    assert!(limited().await.is_ok());
    assert!(limited().await.is_err());

    assert_eq!(one_at_a_time((1, 2)).await.ok(), Some(3));
    assert!(throttled().await.is_ok());
    assert!(shed().await.is_ok());
    assert_eq!(hedged(7).await.ok(), Some(7));

    for _ in 0..3 {
        assert_eq!(cached(7, "seven".to_owned()).await.ok().as_deref(), Some("7 seven"));
    }
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);

    assert_eq!(with_fallback(3).await.ok().as_deref(), Some("3: unavailable"));

    let calls = AtomicU32::new(0);
    assert!(nested(&calls).await.is_err());
    assert_eq!(calls.load(Ordering::Relaxed), 2);

    assert_eq!(code(forever("a").await), Err(Code::DeadlineExceeded));
    assert_eq!(code(in_time("ab".to_owned()).await), Ok(2));

    let mut users = Users { prefix: "u".to_owned() };
    assert!(users.rename("v").await.is_ok());
    assert_eq!(users.name(1).await.ok().as_deref(), Some("v1"));
    assert_eq!(generic(&5).await.ok(), Some(5));
}
