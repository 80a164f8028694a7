use std::time::Duration;

use kit::policy::breaker::BreakerConfig;

const FAILURES: u32 = 7;
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(9);

struct Basic;

#[kit::service]
#[breaker(failures = 5)]
pub trait Users {
    async fn default(&self) -> Result<(), kit::Status>;
    #[breaker]
    async fn plain(&self) -> Result<(), kit::Status>;
    #[breaker(ratio = 0.25, min_calls = 10, window = "30s", slow = "500ms", slow_ratio = 0.5)]
    async fn ratio(&self) -> Result<(), kit::Status>;
    #[breaker(ratio = 1, window = 50, open = "30s", probes = 1, on(unavailable, aborted))]
    async fn calls(&self) -> Result<(), kit::Status>;
    #[breaker(failures = FAILURES, open = FIRST..LONGEST)]
    async fn constants(&self) -> Result<(), kit::Status>;
    #[breaker(failures = 3, open = "1s..9s", at = both)]
    async fn both(&self) -> Result<(), kit::Status>;
    #[breaker(failures = 3, at = server)]
    async fn server(&self) -> Result<(), kit::Status>;
}

#[kit::service]
#[breaker(failures = 100, at = server)]
impl Users for Basic {
    async fn default(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn plain(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn ratio(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn calls(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    #[breaker(failures = FAILURES, at = server)]
    async fn constants(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn both(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn server(&self) -> Result<(), kit::Status> {
        Ok(())
    }
}

pub fn main() {
    use kit::Code;
    use kit::policy::CodeSet;

    let seconds = Duration::from_secs;
    let declared: Vec<_> = users::DESCRIPTOR
        .methods
        .iter()
        .map(|method| (method.meta.policies.client.breaker, method.meta.policies.server.breaker))
        .collect();
    let new = BreakerConfig::new;
    let row = BreakerConfig::consecutive;
    assert_eq!(declared[0], (Some(row(5)), None));
    assert_eq!(declared[1], (Some(new()), None));
    let ratio = new().ratio(0.25).min_calls(10).window(seconds(30));
    let ratio = ratio.slow(Duration::from_millis(500)).slow_ratio(0.5);
    assert_eq!(declared[2], (Some(ratio), None));
    let calls = new().ratio(1.0).window_calls(50).open(seconds(30)).probes(1);
    let calls = calls.failures_on(CodeSet::of(&[Code::Unavailable, Code::Aborted]));
    assert_eq!(declared[3], (Some(calls), None));
    assert_eq!(declared[4], (Some(row(7).open_range(FIRST, LONGEST)), None));
    let both = Some(row(3).open_range(FIRST, LONGEST));
    assert_eq!(declared[5], (both, both));
    // The method's server side does not replace the trait's client side.
    assert_eq!(declared[6], (Some(row(5)), Some(row(3))));
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
}
