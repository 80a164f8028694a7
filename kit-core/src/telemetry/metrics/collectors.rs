//! What writes families of metrics besides those of methods.
//!
//! Other layers of kit submit a [`Section`] as the program is linked, so that
//! metrics name none of them; applications register a [`Collector`].

#[cfg(feature = "metrics")]
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Adds text to what `/metrics` shows: whole families, each with its `HELP`
/// and `TYPE`.
pub trait Collector: Send + Sync {
    /// Adds the text.
    fn collect(&self, text: &mut String);
}

impl<F: Fn(&mut String) + Send + Sync> Collector for F {
    fn collect(&self, text: &mut String) {
        self(text);
    }
}

/// Families of metrics of another layer of kit.
#[cfg(feature = "metrics")]
pub(crate) struct Section {
    /// Its place in the text; sections of lower places come first.
    pub(crate) place: u8,
    /// Writes the families.
    pub(crate) write: fn(&mut String),
}

#[cfg(feature = "metrics")]
inventory::collect!(Section);

#[cfg(feature = "metrics")]
static REGISTERED: Mutex<Vec<Box<dyn Collector>>> = Mutex::new(Vec::new());

/// Adds text of your own to what [`text()`](super::text()) gives, for as long
/// as the process lives.
///
/// ```
/// kit::metrics::register(|text: &mut String| {
///     text.push_str("# HELP jobs_waiting Jobs that wait.\n# TYPE jobs_waiting gauge\njobs_waiting 3\n");
/// });
/// ```
pub fn register(collector: impl Collector + 'static) {
    #[cfg(feature = "metrics")]
    registered().push(Box::new(collector));
    #[cfg(not(feature = "metrics"))]
    drop(collector);
}

/// Writes the sections of kit, then what was registered.
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
