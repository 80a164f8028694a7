//! The policies of a server, declared as attributes: each applies to its method
//! over every transport.

use std::sync::Arc;
use std::time::Duration;

use kit::prelude::*;
use kit::testing::serve;

/// A service whose policies run on the server.
#[kit::service(name = "test.Guarded")]
#[transport(http, grpc)]
pub(crate) trait Guarded {
    #[endpoint(post = "/limited")]
    #[rate_limit("1/h", burst = 1)]
    async fn limited(&self) -> Result<u32, Status>;

    #[endpoint(post = "/by-tenant")]
    #[rate_limit("1/h", burst = 1, key = arg(tenant))]
    async fn by_tenant(&self, tenant: String) -> Result<u32, Status>;

    #[endpoint(post = "/by-header")]
    #[rate_limit("1/h", burst = 1, key = header("x-tenant"))]
    async fn by_header(&self) -> Result<u32, Status>;

    #[endpoint(post = "/one-at-a-time")]
    #[concurrency(1)]
    async fn one_at_a_time(&self) -> Result<u32, Status>;
}

#[derive(Default)]
struct Guard {
    inside: tokio::sync::Notify,
    leave: tokio::sync::Notify,
}

#[kit::service]
impl Guarded for Arc<Guard> {
    async fn limited(&self) -> Result<u32, Status> {
        Ok(1)
    }
    async fn by_tenant(&self, _: String) -> Result<u32, Status> {
        Ok(1)
    }
    async fn by_header(&self) -> Result<u32, Status> {
        Ok(1)
    }
    async fn one_at_a_time(&self) -> Result<u32, Status> {
        self.inside.notify_one();
        self.leave.notified().await;
        Ok(1)
    }
}

#[tokio::test]
async fn a_server_rate_limit_sends_retry_after_over_each_transport() {
    for scheme in ["http", "grpc"] {
        let guard = Arc::new(Guard::default());
        let running = serve(kit::Server::new().mount(GuardedServer::new(guard))).await;
        let client = GuardedClient::connect(running.url(scheme))
            .await
            .expect("it listens");
        assert_eq!(client.limited().await.ok(), Some(1), "{scheme}");
        let status = client.limited().await.expect_err("the limit is 1/h");
        assert_eq!(status.code(), Code::ResourceExhausted, "{scheme}");
        assert_eq!(status.message(), "the rate limit is used up", "{scheme}");
        assert_eq!(
            status.field("policy"),
            Some(&"rate_limit".into()),
            "{scheme}"
        );
        let wait = status.retry_after().expect("a retry delay");
        assert!(
            wait > Duration::from_secs(3_500) && wait <= Duration::from_secs(3_600),
            "{wait:?}"
        );
        // A refusal of the peer is not a refusal of this process.
        assert_eq!(status.refusal(), None, "{scheme}");
    }
}

#[tokio::test]
async fn each_argument_and_each_header_has_its_own_limit() {
    for scheme in ["http", "grpc"] {
        let guard = Arc::new(Guard::default());
        let running = serve(kit::Server::new().mount(GuardedServer::new(guard))).await;
        let client = GuardedClient::connect(running.url(scheme))
            .await
            .expect("it listens");
        let code = |outcome: Result<u32, Status>| outcome.map_err(|status| status.code());
        for tenant in ["red", "blue"] {
            let call = || client.by_tenant(tenant.to_owned());
            assert_eq!(code(call().await), Ok(1), "{scheme} {tenant}");
            assert_eq!(
                code(call().await),
                Err(Code::ResourceExhausted),
                "{scheme} {tenant}"
            );
            let mut metadata = kit::Metadata::new();
            metadata.insert("x-tenant", tenant).expect("it is a header");
            let cx = Context::new().with_outgoing(metadata);
            let call = || cx.scope(client.by_header());
            assert_eq!(code(call().await), Ok(1), "{scheme} {tenant}");
            assert_eq!(
                code(call().await),
                Err(Code::ResourceExhausted),
                "{scheme} {tenant}"
            );
        }
    }
}

#[tokio::test]
async fn a_full_concurrency_limit_refuses_until_a_call_ends() {
    let guard = Arc::new(Guard::default());
    let server = kit::Server::new().mount(GuardedServer::new(Arc::clone(&guard)));
    let running = serve(server).await;
    let client = GuardedClient::connect(running.url("http"))
        .await
        .expect("it listens");
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.one_at_a_time().await }
    });
    guard.inside.notified().await;
    let status = client.one_at_a_time().await.expect_err("the limit is 1");
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.field("state"), Some(&"queue_full".into()));
    guard.leave.notify_one();
    assert_eq!(first.await.expect("it ran").ok(), Some(1));
    guard.leave.notify_one();
    assert_eq!(client.one_at_a_time().await.ok(), Some(1));
}
