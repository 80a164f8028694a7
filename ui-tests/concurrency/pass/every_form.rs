use std::time::Duration;

use kit::policy::concurrency::{AdaptiveLimit, ConcurrencyConfig};
use kit::policy::shed::ShedConfig;
use kit::policy::throttle::ThrottleConfig;

const LIMIT: u32 = 9;

struct Basic;

#[kit::service]
#[concurrency(64, queue = 16, wait = "50ms")]
#[shed]
pub trait Users {
    async fn default(&self) -> Result<(), kit::Status>;
    #[concurrency(LIMIT)]
    #[shed(cpu = 0.75)]
    async fn constant(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive)]
    async fn adaptive(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, min = 2, max = 20, algorithm = vegas, queue = 1)]
    async fn vegas(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive = false, limit = 3, at = client)]
    #[throttle(k = 1.5, window = "30s", min_calls = 5, on(unavailable))]
    async fn client(&self) -> Result<(), kit::Status>;
}

#[kit::service]
#[shed(cpu = 0.5)]
#[concurrency(1)]
impl Users for Basic {
    async fn default(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    #[concurrency(adaptive, algorithm = aimd)]
    async fn constant(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn adaptive(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn vegas(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn client(&self) -> Result<(), kit::Status> {
        Ok(())
    }
}

pub fn main() {
    let policies = |index: usize| users::DESCRIPTOR.methods[index].meta.policies;
    let default = ConcurrencyConfig::new(64).queue(16).wait(Duration::from_millis(50));
    assert_eq!(policies(0).server.concurrency, Some(default));
    assert_eq!(policies(0).server.shed, Some(ShedConfig::new()));
    assert_eq!(policies(0).client.shed, None);
    assert_eq!(policies(1).server.concurrency, Some(ConcurrencyConfig::new(9)));
    assert_eq!(policies(1).server.shed, Some(ShedConfig::new().cpu(0.75)));
    assert_eq!(policies(2).server.concurrency, Some(ConcurrencyConfig::adaptive()));
    let vegas = ConcurrencyConfig::adaptive().min(2).max(20);
    let vegas = vegas.algorithm(AdaptiveLimit::Vegas).queue(1);
    assert_eq!(policies(3).server.concurrency, Some(vegas));
    assert_eq!(policies(4).client.concurrency, Some(ConcurrencyConfig::new(3)));
    assert_eq!(policies(4).server.concurrency, Some(default));
    let throttle = ThrottleConfig::new().k(1.5).window(Duration::from_secs(30)).min_calls(5);
    let throttle = throttle.failures_on(kit::policy::CodeSet::of(&[kit::Code::Unavailable]));
    assert_eq!(policies(4).client.throttle, Some(throttle));
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
}
