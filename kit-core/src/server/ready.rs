//! A server between the check for mount errors and listening.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::server::dispatch::Dispatcher;
use crate::server::error::ServeError;
use crate::server::health::Health;
use crate::transport::Limits;

/// The boxed future of a step of serving.
pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServeError>> + Send + 'a>>;

/// A server whose services do not conflict.
pub(super) struct Ready {
    pub(super) dispatcher: Arc<Dispatcher>,
    pub(super) health: Health,
    pub(super) limits: Arc<Limits>,
    pub(super) workers: usize,
    pub(super) drain_delay: Duration,
    pub(super) shutdown_timeout: Duration,
}
