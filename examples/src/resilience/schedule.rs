//! The faults of the upstream over time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

/// A fault of the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// None.
    Healthy,
    /// Calls take so long that it can't keep up with the load.
    Slow,
    /// Some of the calls fail.
    Failing,
    /// Calls are accepted and not answered.
    Hanging,
}

impl Trouble {
    const ALL: [Self; 4] = [Self::Healthy, Self::Slow, Self::Failing, Self::Hanging];

    /// Its name on the command line and in plots.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Slow => "slow",
            Self::Failing => "failing",
            Self::Hanging => "hanging",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Trouble {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> anyhow::Result<Self> {
        Self::ALL
            .into_iter()
            .find(|trouble| trouble.name() == word)
            .with_context(|| format!("expected healthy, slow, failing or hanging, got {word:?}"))
    }
}

/// A period with one fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The fault.
    pub trouble: Trouble,
    /// Its beginning, since the start.
    pub begins: Duration,
    /// Its end, since the start.
    pub ends: Duration,
}

/// Consecutive phases; the fault of the last one persists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<Phase>);

impl Schedule {
    /// Every fault once between two healthy phases, of `length` in total.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use examples::resilience::schedule::{Schedule, Trouble};
    ///
    /// let schedule = Schedule::over(Duration::from_secs(30));
    /// assert_eq!(schedule.at(Duration::from_secs(7)).trouble, Trouble::Slow);
    /// ```
    pub fn over(length: Duration) -> Self {
        let shares = [
            (Trouble::Healthy, 4),
            (Trouble::Slow, 8),
            (Trouble::Failing, 6),
            (Trouble::Hanging, 6),
            (Trouble::Healthy, 6),
        ];
        let phases = shares.map(|(trouble, share)| (trouble, length * share / 30));
        Self::one_after_the_other(phases)
    }

    fn one_after_the_other(phases: impl IntoIterator<Item = (Trouble, Duration)>) -> Self {
        let mut begins = Duration::ZERO;
        let phases = phases.into_iter().map(|(trouble, length)| {
            let ends = begins + length;
            let phase = Phase {
                trouble,
                begins,
                ends,
            };
            begins = ends;
            phase
        });
        Self(phases.collect())
    }

    /// The phase at a time after the start.
    pub fn at(&self, elapsed: Duration) -> Phase {
        let now = self.0.iter().find(|phase| elapsed < phase.ends);
        // Unreachable: both constructors make at least one phase.
        let healthy = Phase {
            trouble: Trouble::Healthy,
            begins: Duration::ZERO,
            ends: Duration::MAX,
        };
        now.or(self.0.last()).copied().unwrap_or(healthy)
    }

    /// The phases in their order; at least one.
    pub fn phases(&self) -> &[Phase] {
        &self.0
    }

    /// The total length.
    pub fn length(&self) -> Duration {
        self.0.last().map_or(Duration::ZERO, |phase| phase.ends)
    }
}

/// Parses `healthy:5s,hanging:2500ms`.
impl FromStr for Schedule {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let phases = text.split(',').map(|phase| {
            let (trouble, length) = phase
                .split_once(':')
                .with_context(|| format!("expected TROUBLE:TIME like slow:5s, got {phase:?}"))?;
            Ok((trouble.parse()?, duration(length)?))
        });
        let phases: Vec<_> = phases.collect::<anyhow::Result<_>>()?;
        Ok(Self::one_after_the_other(phases))
    }
}

/// Parses `5s` or `250ms`: at least 1 ms, at most an hour.
fn duration(text: &str) -> anyhow::Result<Duration> {
    let read = |number: &str, unit: u64| {
        let number: u64 = number.parse().ok()?;
        number.checked_mul(unit).map(Duration::from_millis)
    };
    let duration = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => read(number, 1),
        (None, Some(number)) => read(number, 1_000),
        (None, None) => None,
    };
    let Some(duration) = duration else {
        bail!("expected a time like 5s or 250ms, got {text:?}");
    };
    let range = Duration::from_millis(1)..=Duration::from_secs(3_600);
    ensure!(
        range.contains(&duration),
        "a phase lasts 1ms to 3600s, and not {text}"
    );
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_default_has_every_trouble_between_two_healthy_times() {
        let schedule = Schedule::over(seconds(60));
        let names: Vec<_> = schedule
            .phases()
            .iter()
            .map(|phase| (phase.trouble.name(), phase.begins.as_secs()))
            .collect();
        let expected = [
            ("healthy", 0),
            ("slow", 8),
            ("failing", 24),
            ("hanging", 36),
            ("healthy", 48),
        ];
        assert_eq!(names, expected);
        assert_eq!(schedule.length(), seconds(60));
    }

    #[test]
    fn a_phase_includes_its_start_and_excludes_its_end() {
        let schedule: Schedule = "slow:2s,failing:500ms".parse().expect("a schedule");
        assert_eq!(schedule.at(Duration::ZERO).trouble, Trouble::Slow);
        assert_eq!(schedule.at(seconds(2)).trouble, Trouble::Failing);
        assert_eq!(schedule.length(), Duration::from_millis(2_500));
        // The last phase persists after the end.
        assert_eq!(schedule.at(seconds(9)).trouble, Trouble::Failing);
    }

    #[test]
    fn an_invalid_schedule_is_reported_with_the_reason() {
        let problem = |text: &str| {
            let schedule: anyhow::Result<Schedule> = text.parse();
            schedule.expect_err(text).to_string()
        };
        assert_eq!(
            problem("slow"),
            r#"expected TROUBLE:TIME like slow:5s, got "slow""#
        );
        assert_eq!(
            problem("tired:5s"),
            r#"expected healthy, slow, failing or hanging, got "tired""#
        );
        assert_eq!(
            problem("slow:5"),
            r#"expected a time like 5s or 250ms, got "5""#
        );
        assert_eq!(problem("slow:0s"), "a phase lasts 1ms to 3600s, and not 0s");
    }
}
