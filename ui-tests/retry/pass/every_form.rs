use std::time::Duration;

use kit::policy::CodeSet;
use kit::policy::hedge::HedgeConfig;
use kit::policy::retry::RetryConfig;
use kit::Code;

const ATTEMPTS: u32 = 4;
const FIRST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(50);

#[kit::service]
#[retry]
#[timeout("2s", at = client)]
pub trait Users {
    #[endpoint(idempotent)]
    async fn default(&self) -> Result<(), kit::Status>;
    async fn not_idempotent(&self) -> Result<(), kit::Status>;
    #[endpoint(get = "/all")]
    #[retry(
        attempts = 5,
        backoff = "10ms..5s",
        on(unavailable, resource_exhausted),
        attempt_timeout = "500ms",
        budget = 0.1,
        pushback_max = "1s",
        chain_stop = false,
        at = client
    )]
    async fn all(&self) -> Result<(), kit::Status>;
    #[endpoint(put = "/constants")]
    #[retry(attempts = ATTEMPTS, backoff = FIRST..LONGEST, attempt_timeout = FIRST)]
    async fn constants(&self) -> Result<(), kit::Status>;
    #[endpoint(delete = "/one")]
    #[retry(backoff = "7ms")]
    #[hedge(after = "p99.5", extra_load = 0.1)]
    async fn one_pause(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = "20ms")]
    async fn hedged(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = FIRST)]
    async fn hedged_constant(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge]
    async fn hedged_plain(&self) -> Result<(), kit::Status>;
}

pub fn main() {
    let retries: Vec<_> = users::DESCRIPTOR
        .methods
        .iter()
        .map(|method| method.meta.policies.client.retry)
        .collect();
    assert_eq!(retries[0], Some(RetryConfig::new()));
    assert_eq!(retries[1], None, "the trait's retry is for what may be repeated");
    let all = RetryConfig::new()
        .attempts(5)
        .backoff(Duration::from_millis(10), Duration::from_secs(5))
        .on(CodeSet::of(&[Code::Unavailable, Code::ResourceExhausted]))
        .attempt_timeout(Duration::from_millis(500))
        .budget(0.1)
        .pushback_max(Duration::from_secs(1))
        .chain_stop(false);
    assert_eq!(retries[2], Some(all));
    let constants = RetryConfig::new().attempts(4).backoff(FIRST, LONGEST).attempt_timeout(FIRST);
    assert_eq!(retries[3], Some(constants));
    let pause = Duration::from_millis(7);
    assert_eq!(retries[4], Some(RetryConfig::new().backoff(pause, pause)));
    let hedges: Vec<_> = users::DESCRIPTOR
        .methods
        .iter()
        .map(|method| method.meta.policies.client.hedge)
        .collect();
    assert_eq!(hedges[0], None);
    let late = HedgeConfig::new().after_percentile(0.995).extra_load(0.1);
    assert_eq!(hedges[4], Some(late));
    assert_eq!(hedges[5], Some(HedgeConfig::new().after(Duration::from_millis(20))));
    assert_eq!(hedges[6], Some(HedgeConfig::new().after(FIRST)));
    assert_eq!(hedges[7], Some(HedgeConfig::new()));
    assert!(
        users::DESCRIPTOR.methods.iter().all(|method| method.meta.policies.server.retry.is_none())
    );
}
