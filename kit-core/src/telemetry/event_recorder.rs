//! Records the events of policies, for tests.
//!
//! The events of a policy are as much its behaviour as its refusals: a missing,
//! duplicated or misnamed event is a defect that stays unnoticed until an
//! operator needs it.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Dispatch, Event, Metadata, Subscriber, span};

/// Records the policy events of this thread until dropped.
pub(crate) struct EventRecorder {
    log: EventLog,
    _default: DefaultGuard,
}

/// A subscriber that formats each event as its level and its fields, in order and
/// without the message: `INFO policy=breaker name=test from=open to=half_open`.
#[derive(Clone, Default)]
struct EventLog(Arc<Mutex<Vec<String>>>);

impl EventRecorder {
    pub(crate) fn start() -> Self {
        // With a single subscriber, tracing caches the interest of a callsite as
        // the first thread to reach it sees it, which may belong to another
        // test. With two subscribers it consults both.
        static SECOND: OnceLock<Dispatch> = OnceLock::new();
        SECOND.get_or_init(|| Dispatch::new(EventLog::default()));
        let log = EventLog::default();
        Self {
            _default: tracing::subscriber::set_default(log.clone()),
            log,
        }
    }

    /// The events since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock())
    }
}

impl EventLog {
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for EventLog {
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
