use std::sync::atomic::{AtomicU32, Ordering};

use kit::Status;

#[derive(Default)]
struct Flaky(AtomicU32);

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, kit::Message)]
pub struct Filter {
    pub name: String,
}

#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempts = 3, backoff = "1ns")]
    async fn count(&self, filter: Filter) -> Result<u32, Status>;
}

#[kit::service]
impl Users for Flaky {
    async fn count(&self, filter: Filter) -> Result<u32, Status> {
        assert_eq!(filter.name, "a");
        match self.0.fetch_add(1, Ordering::Relaxed) {
            2 => Ok(2),
            _ => Err(Status::unavailable("busy")),
        }
    }
}

pub fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let users = UsersClient::local(Flaky::default());
        let filter = Filter { name: "a".to_owned() };
        assert_eq!(users.count(filter).await.ok(), Some(2));
    });
}
