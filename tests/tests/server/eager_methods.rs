//! Methods written as `fn .. -> impl Future`: code before the returned future
//! runs without the context of the call, but within the panic guard.

use std::future::Future;

use kit::prelude::*;
use kit::testing::{InProcess, Running};

use crate::support::raw::post;

#[kit::service(name = "test.Eager")]
#[transport(http)]
pub(crate) trait Eager {
    /// Whether there is an ambient deadline, before the future and in it.
    #[timeout("1h")]
    async fn deadlines(&self) -> Result<(bool, bool), Status>;

    async fn panics(&self, at_once: bool) -> Result<(), Status>;
}

struct ByHand;

fn has_deadline() -> bool {
    Context::current().deadline().is_some()
}

fn never() -> Result<(), Status> {
    panic!("as planned")
}

#[kit::service]
impl Eager for ByHand {
    fn deadlines(&self) -> impl Future<Output = Result<(bool, bool), Status>> + Send {
        let before = has_deadline();
        async move { Ok((before, has_deadline())) }
    }

    fn panics(&self, at_once: bool) -> impl Future<Output = Result<(), Status>> + Send {
        let before = if at_once { never() } else { Ok(()) };
        async move {
            before?;
            never()
        }
    }
}

async fn serve() -> Running {
    let server = kit::Server::new().mount(EagerServer::new(ByHand));
    kit::testing::serve(server).await
}

#[tokio::test]
async fn the_ambient_context_covers_the_returned_future_only() {
    let local = EagerClient::local(ByHand);
    assert_eq!(local.deadlines().await.ok(), Some((false, true)));
    let in_process = EagerClient::new(InProcess::new(EagerServer::new(ByHand)));
    assert_eq!(in_process.deadlines().await.ok(), Some((false, true)));
    let running = serve().await;
    let response = post(running.address(), "/eager/deadlines", "{}").await;
    assert_eq!(response, (200, "[false,true]".to_owned()));
}

#[tokio::test]
async fn a_panic_in_the_method_or_its_future_fails_only_its_call() {
    let in_process = EagerClient::new(InProcess::new(EagerServer::new(ByHand)));
    let running = serve().await;
    for at_once in [true, false] {
        let failed = in_process.panics(at_once).await.expect_err("it panics");
        assert_eq!(failed.code(), kit::Code::Internal);
        assert_eq!(failed.message(), "method `panics` panicked");

        let body = format!("{{\"at_once\":{at_once}}}");
        let (status, body) = post(running.address(), "/eager/panics", &body).await;
        assert_eq!(status, 500, "{body}");
        assert!(body.contains("method `panics` panicked"), "{body}");
    }
}
