//! The events of policies, written down for tests.
//!
//! What a policy tells its operators is as much its behaviour as what it
//! refuses: an event that is missing, doubled or of another name is a defect
//! that nobody sees until the night they need it.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Dispatch, Event, Metadata, Subscriber, span};

/// Writes down what policies tell on this thread, for as long as it lives.
pub(crate) struct EventRecorder {
    told: Told,
    _default: DefaultGuard,
}

/// Each event as its level and its fields, in their order and without the
/// message: `INFO policy=breaker name=test from=open to=half_open`.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl EventRecorder {
    pub(crate) fn start() -> Self {
        // With one subscriber alone, whether a place in the code has any is
        // asked of the thread that comes there first, which may be another
        // test's, and is remembered. With two it is asked of both.
        static ANOTHER: OnceLock<Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| Dispatch::new(Told::default()));
        let told = Told::default();
        Self {
            _default: tracing::subscriber::set_default(told.clone()),
            told,
        }
    }

    /// What was told since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock())
    }
}

impl Told {
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Told {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "kit::policy"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.lock().push(line.0);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Line {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        if field.name() != "message" {
            // Writing to a string can't fail.
            let _ = write!(self.0, " {}={value}", field.name());
        }
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}
