//! `grpc.health.v1.Health`, the health protocol of gRPC's probes and load
//! balancers.

// Public within this module, because the code that `#[kit::service]` generates
// for these types is public; the crate exports none of them.
#![allow(unreachable_pub, missing_docs)]

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use futures_core::Stream;
use tokio::sync::watch;
use tokio_util::sync::ReusableBoxFuture;

use super::{Health, Serving};
use crate::model::status::Status;
use crate::model::streaming::Streaming;
use crate::transport::{Mount, Routes};

/// The protocol as published.
#[kit::service(name = "grpc.health.v1.Health")]
#[transport(grpc)]
pub trait HealthProtocol {
    /// Whether a service takes calls now.
    async fn check(
        &self,
        #[body] request: HealthCheckRequest,
    ) -> Result<HealthCheckResponse, Status>;

    /// Every service and whether it takes calls now.
    async fn list(&self, #[body] request: HealthListRequest) -> Result<HealthListResponse, Status>;

    /// Whether a service takes calls, now and after every change.
    async fn watch(
        &self,
        #[body] request: HealthCheckRequest,
    ) -> Result<Streaming<HealthCheckResponse>, Status>;
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.health.v1.HealthCheckRequest")]
pub struct HealthCheckRequest {
    service: String,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.health.v1.HealthCheckResponse")]
pub struct HealthCheckResponse {
    status: ServingStatus,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.health.v1.HealthListRequest")]
pub struct HealthListRequest {}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.health.v1.HealthListResponse")]
pub struct HealthListResponse {
    statuses: BTreeMap<String, HealthCheckResponse>,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.health.v1.ServingStatus")]
pub enum ServingStatus {
    Unknown = 0,
    Serving = 1,
    NotServing = 2,
    ServiceUnknown = 3,
}

impl From<Serving> for HealthCheckResponse {
    fn from(serving: Serving) -> Self {
        Self {
            status: match serving {
                Serving::Yes => ServingStatus::Serving,
                Serving::No => ServingStatus::NotServing,
                Serving::Unknown => ServingStatus::ServiceUnknown,
            },
        }
    }
}

impl HealthProtocol for Health {
    async fn check(&self, request: HealthCheckRequest) -> Result<HealthCheckResponse, Status> {
        match self.status(&request.service) {
            Serving::Unknown => Err(Status::not_found(format!(
                "there is no service `{}`",
                request.service
            ))),
            serving => Ok(serving.into()),
        }
    }

    async fn list(&self, _: HealthListRequest) -> Result<HealthListResponse, Status> {
        let statuses = self.statuses().into_iter();
        Ok(HealthListResponse {
            statuses: statuses
                .map(|(service, serving)| (service, serving.into()))
                .collect(),
        })
    }

    async fn watch(
        &self,
        request: HealthCheckRequest,
    ) -> Result<Streaming<HealthCheckResponse>, Status> {
        let watch = Health::watch(self, &request.service);
        Ok(Streaming::new(Watch(ReusableBoxFuture::new(now(watch)))))
    }
}

/// Mounts the health service, unless the user has mounted one.
pub(crate) fn mount(health: &Health, routes: &mut Routes) {
    let name = <health_protocol::__Contract as crate::service::Contract>::DESCRIPTOR.name;
    if routes.services().iter().all(|service| service.name != name) {
        HealthProtocolServer::new(health.clone()).mount(routes);
    }
}

/// A stream of the current status, then of every change.
struct Watch(ReusableBoxFuture<'static, Option<(Serving, watch::Receiver<Serving>)>>);

async fn now(mut watch: watch::Receiver<Serving>) -> Option<(Serving, watch::Receiver<Serving>)> {
    let serving = *watch.borrow_and_update();
    Some((serving, watch))
}

async fn next(mut watch: watch::Receiver<Serving>) -> Option<(Serving, watch::Receiver<Serving>)> {
    watch.changed().await.ok()?;
    now(watch).await
}

impl Stream for Watch {
    type Item = Result<HealthCheckResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let Some((serving, watch)) = ready!(self.0.poll(task)) else {
            return Poll::Ready(None);
        };
        self.0.set(next(watch));
        Poll::Ready(Some(Ok(serving.into())))
    }
}
