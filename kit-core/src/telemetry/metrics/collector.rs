//! Metrics of an application, beside those of kit.

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
