//! Rate limits that many processes share, in a real Redis.

mod away;
mod config;
mod configured;
mod methods;
mod processes;
#[path = "../../../../tests/servers/redis.rs"]
mod redis;
mod support;

use std::time::Duration;

use kit::RedisStore;
use kit::policy::rate_limit::{BucketLimit, SharedStore as _, StoreRequest};
use kit::prelude::*;
use kit::testing::InProcess;

use self::redis::Redis;
use self::support::soon;

/// A service whose servers share their limits.
#[kit::service(name = "test.Metered")]
#[transport(http, grpc)]
pub(crate) trait Metered {
    #[rate_limit("3/h", store = "redis")]
    async fn rare(&self) -> Result<(), Status>;

    #[rate_limit("200/s", burst = 50, store = "redis")]
    async fn often(&self) -> Result<(), Status>;

    #[rate_limit("50/s", burst = 500, store = "redis")]
    async fn together(&self) -> Result<(), Status>;

    #[rate_limit("2/h", key = arg(tenant), store = "redis")]
    async fn by_tenant(&self, tenant: String, other: u32) -> Result<(), Status>;

    #[rate_limit("2/h", key = header("x-tenant"), store = "redis")]
    async fn by_header(&self) -> Result<(), Status>;

    #[rate_limit("2/h", key = header("x-tenant"), total = "3/h", store = "redis")]
    async fn in_all(&self) -> Result<(), Status>;

    #[rate_limit("20/s", burst = 1, wait = "60s", store = "redis")]
    async fn in_turn(&self) -> Result<(), Status>;

    #[rate_limit("1/h", store = "redis", at = client)]
    async fn of_clients(&self) -> Result<(), Status>;

    #[rate_limit("2/h")]
    async fn unshared(&self) -> Result<(), Status>;
}

struct Anything;

impl Metered for Anything {
    async fn rare(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn often(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn together(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn by_tenant(&self, _: String, _: u32) -> Result<(), Status> {
        Ok(())
    }
    async fn by_header(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn in_all(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn in_turn(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn of_clients(&self) -> Result<(), Status> {
        Ok(())
    }
    async fn unshared(&self) -> Result<(), Status> {
        Ok(())
    }
}

/// A store whose timeout is not reached on a busy machine.
fn patient(url: &str) -> RedisStore {
    let store = RedisStore::connect(url).expect("a URL");
    store.timeout(Duration::from_secs(60))
}

/// A patient store that is connected. On a busy machine the first attempt may
/// exceed its time limit, and the limiter of this process decides until another
/// one succeeds.
async fn connected(url: &str) -> RedisStore {
    let store = patient(url);
    let moment = Duration::from_millis(1);
    let request = StoreRequest::new("connects", b"", BucketLimit::new(moment, moment));
    soon("a connection", async {
        while store.take(&request).await.is_none() {
            yield_for_a_moment().await;
        }
    })
    .await;
    store
}

/// A server with this store; with a store of its own it acts as another process.
fn server(store: &RedisStore) -> MeteredClient<InProcess> {
    let server = kit::Server::new()
        .mount(MeteredServer::new(Anything))
        .rate_limit_store(store.clone());
    MeteredClient::new(InProcess::server(server))
}

/// Whether a call passed. Panics on any failure other than a refusal by the
/// limit.
#[track_caller]
fn passed(outcome: Result<(), Status>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(status) => {
            assert_eq!(status.code(), kit::Code::ResourceExhausted, "{status}");
            false
        }
    }
}

/// Waits until the store is unavailable, or available again.
async fn until_away(store: &RedisStore, away: bool) {
    soon("a change of the store's availability", async {
        while store.is_away() != away {
            yield_for_a_moment().await;
        }
    })
    .await;
}

/// Yields the processor to other tasks and processes.
async fn yield_for_a_moment() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}
