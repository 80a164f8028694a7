//! Configuration of load shedding.

use crate::model::policies::invalid::checks;

/// Configures a [`Shedder`](crate::policy::shed::Shedder).
///
/// ```
/// use kit::policy::shed::ShedConfig;
///
/// // Invalid values in a constant are a compile error.
/// const SHED: ShedConfig = ShedConfig::new().cpu(0.8).checked();
/// assert_eq!(SHED.cpu, 0.8);
/// assert!(ShedConfig::new().cpu(80.0).check().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ShedConfig {
    /// The CPU utilisation from which calls are shed, above 0 and at most 1
    /// (all processors). Default 0.9.
    pub cpu: f64,
}

checks!(ShedConfig, Shed);

impl ShedConfig {
    /// Creates a configuration with the defaults.
    pub const fn new() -> Self {
        Self { cpu: 0.9 }
    }

    /// Sets [`cpu`](field@Self::cpu).
    #[must_use]
    pub const fn cpu(mut self, cpu: f64) -> Self {
        self.cpu = cpu;
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        // NaN is in no range.
        if self.cpu > 0.0 && self.cpu <= 1.0 {
            return None;
        }
        Some("`cpu` must be above 0 and at most 1")
    }
}

impl Default for ShedConfig {
    fn default() -> Self {
        Self::new()
    }
}
