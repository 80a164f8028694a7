//! Metrics without the cargo feature `metrics`: the same items, which record
//! and return nothing.

use std::marker::PhantomData;

use tokio::time::Instant;

use super::collector::Collector;
use super::snapshot::MethodSnapshot;
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;
use crate::model::side::Side;

/// The metrics of one method on one side; empty.
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics;

/// The timer of a call; measures nothing.
pub(crate) struct CallTimer<'a>(PhantomData<&'a MethodMetrics>);

/// The timer of a call whose response streams; measures nothing.
pub(crate) struct StreamTimer;

impl MethodMetrics {
    pub(crate) fn bind(_: Side, _: &'static MethodMeta) -> Self {
        Self
    }

    pub(crate) fn start(&self, _: Instant) -> CallTimer<'_> {
        CallTimer(PhantomData)
    }
}

impl CallTimer<'_> {
    pub(crate) fn finish_with<T, E: ServiceError>(self, _: &Result<T, E>, _: Option<Instant>) {}

    pub(crate) fn into_stream_timer(self, _: &MethodMetrics) -> StreamTimer {
        StreamTimer
    }
}

impl StreamTimer {
    pub(crate) fn finish(self, _: Code) {}
}

/// An empty list, as the feature `metrics` is off.
pub fn snapshot() -> Vec<MethodSnapshot> {
    Vec::new()
}

/// An empty text, as the feature `metrics` is off.
pub fn text() -> String {
    String::new()
}

/// Drops the collector, as the feature `metrics` is off.
pub fn register(collector: impl Collector + 'static) {
    drop(collector);
}
