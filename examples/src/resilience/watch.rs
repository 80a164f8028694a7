//! Records the `tracing` events of policies.
//!
//! Each change of a policy's state, each retry and each hedge is an event of
//! `tracing` with the target `kit::policy`. A program needs no handle to a
//! policy to observe it.

use std::fmt;
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::record::{Change, Recorder};

/// Writes the events of policies into a recorder.
#[derive(Debug)]
pub struct Watch(pub Arc<Recorder>);

impl<S: Subscriber> Layer<S> for Watch {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "kit::policy"
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = EventFields::default();
        event.record(&mut fields);
        match fields.change.policy.as_str() {
            "retry" if fields.waits => self.0.retried(),
            "hedge" => self.0.hedged(),
            _ if !fields.change.to.is_empty() => self.0.changed(fields.change),
            _ => {}
        }
    }
}

/// The fields of an event.
#[derive(Debug, Default)]
struct EventFields {
    change: Change,
    /// Whether the event is a retry, and not the end of the retries.
    waits: bool,
}

impl Visit for EventFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let change = &mut self.change;
        let place = match field.name() {
            "policy" => &mut change.policy,
            "from" => &mut change.from,
            "to" => &mut change.to,
            "cause" => &mut change.cause,
            _ => return,
        };
        value.clone_into(place);
    }

    fn record_f64(&mut self, field: &Field, _: f64) {
        self.waits |= field.name() == "wait_ms";
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kit::policy::OutcomeClass;
    use kit::policy::breaker::{Breaker, BreakerConfig, BreakerState};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::resilience::schedule::Schedule;

    #[test]
    fn an_opening_breaker_is_recorded() {
        let recorder = Arc::new(Recorder::new(true));
        let subscriber = tracing_subscriber::registry().with(Watch(Arc::clone(&recorder)));
        tracing::subscriber::with_default(subscriber, || {
            let breaker = Breaker::new(BreakerConfig::consecutive(1));
            let now = std::time::Instant::now();
            let permit = breaker.admit(now).expect("it is closed");
            permit.record(OutcomeClass::Failure, now);
        });
        let second = Duration::from_secs(1);
        let (sample, changes) = recorder.sample(second, &Schedule::over(second), 0);
        assert_eq!(sample.breaker, Some(BreakerState::Open));
        let lines: Vec<_> = changes
            .iter()
            .map(|change| format!("{} {} {}", change.from, change.to, change.cause))
            .collect();
        assert_eq!(lines, ["closed open failures_in_a_row"]);
    }
}
