//! Sources of metric families other than those of methods.
//!
//! Other layers of kit submit a [`Section`] at link time, so that this module
//! does not depend on them. Applications register a [`Collector`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::telemetry::metrics::collector::Collector;

/// The metric families of another layer of kit.
pub(crate) struct Section {
    /// Its position in the text.
    pub(crate) place: Place,
    /// Writes the families.
    pub(crate) write: fn(&mut String),
}

/// The order of the sections, after the metrics of methods.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Policies,
    Process,
}

inventory::collect!(Section);

static REGISTERED: Mutex<Vec<Box<dyn Collector>>> = Mutex::new(Vec::new());

/// Adds metrics of your own to [`text()`](crate::telemetry::metrics::text()), for the lifetime of the
/// process.
///
/// ```
/// kit::metrics::register(|text: &mut String| {
///     text.push_str("# HELP jobs_waiting Queued jobs.\n# TYPE jobs_waiting gauge\njobs_waiting 3\n");
/// });
/// ```
pub fn register(collector: impl Collector + 'static) {
    registered().push(Box::new(collector));
}

/// Writes the sections of kit, then the registered collectors.
pub(super) fn collect(out: &mut String) {
    for place in [Place::Policies, Place::Process] {
        for section in inventory::iter::<Section> {
            if section.place == place {
                (section.write)(out);
            }
        }
    }
    for collector in registered().iter() {
        collector.collect(out);
    }
}

fn registered() -> MutexGuard<'static, Vec<Box<dyn Collector>>> {
    REGISTERED.lock().unwrap_or_else(PoisonError::into_inner)
}
