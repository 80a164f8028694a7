//! Mounted and registered services, and collisions between them.

use kit::Server;
use kit::testing::{self};

use crate::support::adder::{AdderServer, Held};
use crate::support::raw::post;

#[tokio::test]
async fn all_mount_errors_are_listed() {
    let error = Server::new()
        .mount(AdderServer::new(Held::default()))
        .mount(AdderServer::new(Held::default()))
        .mount(RivalServer::new(RivalService))
        .bind("127.0.0.1:0")
        .await
        .expect_err("they collide");
    assert_eq!(
        error.to_string(),
        "can't serve the mounted services: \
         service `test.Adder` is mounted twice: mount it once, or give one of the two another name; \
         `test.Rival.add` and `test.Adder.sum` both have the route `POST /sum`"
    );
}

#[kit::service(name = "test.Rival")]
#[transport(http)]
pub(crate) trait Rival {
    #[endpoint(post = "/sum")]
    async fn add(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

struct RivalService;

impl Rival for RivalService {
    async fn add(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

struct Registered;

#[kit::service(register = Registered)]
impl registered::Greeter for Registered {
    async fn greet(&self, name: String) -> Result<String, kit::Status> {
        Ok(format!("hello, {name}"))
    }
}

mod registered {
    #[kit::service(name = "test.Greeter")]
    #[transport(http)]
    pub(crate) trait Greeter {
        async fn greet(&self, name: String) -> Result<String, kit::Status>;
    }
}

#[tokio::test]
async fn a_registered_service_is_served_without_being_mounted() {
    let running = testing::serve(Server::from_registry()).await;
    let response = post(running.address(), "/greeter/greet", r#"{"name":"you"}"#).await;
    assert_eq!(response, (200, r#""hello, you""#.to_owned()));
}
