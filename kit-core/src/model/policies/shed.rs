//! What a shedder is told.

use crate::model::policies::invalid::checks;

/// The values of a [`Shedder`](crate::policy::shed::Shedder).
///
/// ```
/// use kit::policy::shed::ShedConfig;
///
/// // Wrong values don't compile in a constant.
/// const SHED: ShedConfig = ShedConfig::new().cpu(0.8).checked();
/// assert_eq!(SHED.cpu_limit(), 0.8);
/// assert!(ShedConfig::new().cpu(80.0).check().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShedConfig {
    cpu: f64,
}

checks!(ShedConfig, Shed);

impl ShedConfig {
    /// Sheds where the processors are 90 % busy.
    pub const fn new() -> Self {
        Self { cpu: 0.9 }
    }

    /// The share of the processors, above 0 and at most 1, from which calls
    /// are refused; default 0.9.
    #[must_use]
    pub const fn cpu(mut self, cpu: f64) -> Self {
        self.cpu = cpu;
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        // What is not a number is in no range.
        if self.cpu > 0.0 && self.cpu <= 1.0 {
            return None;
        }
        Some("`cpu` must be above 0 and at most 1")
    }

    /// The share of the processors from which calls are refused.
    pub const fn cpu_limit(&self) -> f64 {
        self.cpu
    }
}

impl Default for ShedConfig {
    fn default() -> Self {
        Self::new()
    }
}
