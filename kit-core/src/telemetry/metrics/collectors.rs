//! Sources of metric families other than those of methods.
//!
//! Other layers of kit submit a [`Section`] at link time, so that this module
//! does not depend on them. Applications register a [`Collector`].

#[cfg(feature = "metrics")]
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A source of metrics for `/metrics`: adds whole families, each with its `HELP`
/// and `TYPE` lines.
pub trait Collector: Send + Sync {
    /// Appends the families.
    fn collect(&self, text: &mut String);
}

impl<F: Fn(&mut String) + Send + Sync> Collector for F {
    fn collect(&self, text: &mut String) {
        self(text);
    }
}

/// The metric families of another layer of kit.
#[cfg(feature = "metrics")]
pub(crate) struct Section {
    /// Its position in the text; sections with lower numbers come first.
    pub(crate) place: u8,
    /// Writes the families.
    pub(crate) write: fn(&mut String),
}

#[cfg(feature = "metrics")]
inventory::collect!(Section);

#[cfg(feature = "metrics")]
static REGISTERED: Mutex<Vec<Box<dyn Collector>>> = Mutex::new(Vec::new());

/// Adds metrics of your own to [`text()`](super::text()), for the lifetime of the
/// process.
///
/// ```
/// kit::metrics::register(|text: &mut String| {
///     text.push_str("# HELP jobs_waiting Queued jobs.\n# TYPE jobs_waiting gauge\njobs_waiting 3\n");
/// });
/// ```
pub fn register(collector: impl Collector + 'static) {
    #[cfg(feature = "metrics")]
    registered().push(Box::new(collector));
    #[cfg(not(feature = "metrics"))]
    drop(collector);
}

/// Writes the sections of kit, then the registered collectors.
#[cfg(feature = "metrics")]
pub(super) fn collect(out: &mut String) {
    let mut sections: Vec<&Section> = inventory::iter::<Section>.into_iter().collect();
    sections.sort_unstable_by_key(|section| section.place);
    for section in sections {
        (section.write)(out);
    }
    for collector in registered().iter() {
        collector.collect(out);
    }
}

#[cfg(feature = "metrics")]
fn registered() -> MutexGuard<'static, Vec<Box<dyn Collector>>> {
    REGISTERED.lock().unwrap_or_else(PoisonError::into_inner)
}
