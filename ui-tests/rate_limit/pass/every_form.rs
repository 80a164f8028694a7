use std::time::Duration;

use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimitStore};

const RATE: Rate = Rate::new(7, Duration::from_secs(1));
const BURST: u32 = 9;

struct Basic;

#[kit::service]
#[rate_limit("100/s", burst = 20)]
pub trait Users {
    async fn default(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/m", wait = "50ms", key = peer, max_keys = 1_000, total = "1000/s", cost = 2)]
    async fn by_peer(&self) -> Result<(), kit::Status>;
    #[rate_limit("5/500ms", key = header("X-Tenant"), store = "local")]
    async fn by_header(&self) -> Result<(), kit::Status>;
    #[rate_limit("1/s", key = arg(tenant))]
    async fn by_argument(&self, tenant: String, id: u64) -> Result<(), kit::Status>;
    #[rate_limit(RATE, burst = BURST, key = everyone, at = client)]
    async fn constants(&self) -> Result<(), kit::Status>;
    #[rate_limit(Rate::new(3, Duration::from_secs(2)), at = both)]
    async fn both(&self) -> Result<(), kit::Status>;
}

#[kit::service]
#[rate_limit("1000/s")]
impl Users for Basic {
    async fn default(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    #[rate_limit("10/s", key = header("x-user"))]
    async fn by_peer(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn by_header(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn by_argument(&self, _tenant: String, _id: u64) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn constants(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn both(&self) -> Result<(), kit::Status> {
        Ok(())
    }
}

pub fn main() {
    let limits: Vec<_> = users::DESCRIPTOR
        .methods
        .iter()
        .map(|method| (method.meta.policies.client.rate_limit, method.meta.policies.server.rate_limit))
        .collect();
    let per = |count, per| RateLimitConfig::new(Rate::new(count, Duration::from_millis(per)));
    let default = Some(per(100, 1_000).burst(20));
    assert_eq!(limits[0], (None, default));
    let by_peer = per(10, 60_000)
        .wait(Duration::from_millis(50))
        .key(RateLimitKey::Peer)
        .max_keys(1_000)
        .total(Rate::new(1_000, Duration::from_secs(1)))
        .cost(2);
    assert_eq!(limits[1], (None, Some(by_peer)));
    let by_header = per(5, 500).key(RateLimitKey::Header("x-tenant")).store(RateLimitStore::Local);
    assert_eq!(limits[2], (None, Some(by_header)));
    let by_argument = per(1, 1_000).key(RateLimitKey::Argument("tenant"));
    assert_eq!(limits[3], (None, Some(by_argument)));
    // The method's client limit does not replace the trait's server limit.
    assert_eq!(limits[4], (Some(per(7, 1_000).burst(9)), default));
    let both = Some(per(3, 2_000));
    assert_eq!(limits[5], (both, both));
    assert!(<users::ByArgument as kit::Method>::RATE_KEY.is_some());
    assert!(<users::ByPeer as kit::Method>::RATE_KEY.is_none());
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
}
