//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use lexopt::prelude::*;

use super::policies::Policies;
use super::schedule::Schedule;

/// The text of `--help`.
pub fn usage() -> String {
    let policies = Policies::usage();
    format!(
        "\
usage: resilience [OPTIONS]

A client makes 200 calls a second to an upstream that is healthy, slow, failing,
hanging and healthy again, drawn live; Ctrl-C ends the run early.

Policies. Each is switched on by its name and off by --no-NAME, and takes the
values of its attribute, as in --retry='attempts = 5, budget = 0.5':
{policies}  --none                switches all off; later switches apply
  --set KEY=VALUE       one value, as in breaker.open=5s, client.rate_limit=50/s

The run:
  --rate N              calls per second, 1 to 2000 (200)
  --seconds N           how long, 1 to 600 (30)
  --schedule LIST       of healthy, slow, failing and hanging, as in
                        healthy:5s,hanging:2500ms
  --seed N              seed of the random numbers (1)

The plot:
  --svg FILE            write it to a file, too
  --plain               lines of text, the default without a terminal
"
    )
}

/// The options of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Calls per second.
    pub rate: u32,
    /// The length of the run.
    pub length: Duration,
    /// The faults of the upstream.
    pub schedule: Schedule,
    /// The seed of the random numbers.
    pub seed: u64,
    /// The file for the plot.
    pub svg: Option<PathBuf>,
    /// Whether to write lines of text on a terminal too.
    pub plain: bool,
    /// The policies between client and upstream.
    pub policies: Policies,
}

impl Options {
    /// Parses a command line; `None` if it has `--help`.
    ///
    /// # Errors
    /// An option is unknown (the error lists all options) or a value is
    /// invalid.
    pub fn parse(mut arguments: lexopt::Parser) -> anyhow::Result<Option<Self>> {
        let mut rate = 200;
        let mut seconds = None;
        let mut schedule = None;
        let mut seed = 1;
        let mut svg = None;
        let mut plain = false;
        let mut policies = Policies::default();
        while let Some(argument) = arguments.next()? {
            let name = match argument {
                Long(name) => name.to_owned(),
                Short('h') => return Ok(None),
                Short(short) => bail!(unknown(&format!("-{short}"))),
                Value(value) => bail!(unknown(&value.string()?)),
            };
            match name.as_str() {
                "help" => return Ok(None),
                "none" => policies.switch_all_off(),
                "set" => {
                    let given = arguments.value()?.string()?;
                    let (key, value) = given
                        .split_once('=')
                        .with_context(|| format!("--set takes KEY=VALUE, and not {given:?}"))?;
                    policies.set(key, value);
                }
                "rate" => rate = number(&name, &mut arguments, 1..=2_000)?,
                "seconds" => seconds = Some(number(&name, &mut arguments, 1..=600)?),
                "schedule" => {
                    schedule = Some(arguments.value()?.string()?.parse::<Schedule>()?);
                }
                "seed" => seed = number(&name, &mut arguments, 0..=u64::MAX)?,
                "svg" => svg = Some(PathBuf::from(arguments.value()?)),
                "plain" => plain = true,
                policy if Policies::has(policy) => {
                    let values = arguments.optional_value();
                    let values = values.map(|values| values.string()).transpose()?;
                    policies.switch_on(policy, values);
                }
                other => match other.strip_prefix("no-") {
                    Some(policy) if Policies::has(policy) => policies.switch_off(policy),
                    _ => bail!(unknown(&format!("--{other}"))),
                },
            }
        }
        let (length, schedule) = length_and_schedule(seconds, schedule)?;
        Ok(Some(Self {
            rate: u32::try_from(rate)?,
            length,
            schedule,
            seed,
            svg,
            plain,
            policies,
        }))
    }
}

fn unknown(written: &str) -> String {
    format!("there is no option {written:?}\n\n{}", usage())
}

/// Parses the value of an option that takes a number.
fn number(
    name: &str,
    arguments: &mut lexopt::Parser,
    range: std::ops::RangeInclusive<u64>,
) -> anyhow::Result<u64> {
    let given = arguments.value()?.string()?;
    let number = given.parse().ok().filter(|number| range.contains(number));
    let (least, most) = range.into_inner();
    number.with_context(|| {
        format!("--{name} takes a number from {least} to {most}, and not {given:?}")
    })
}

/// If only one of the length and the schedule is given, the other follows from
/// it.
fn length_and_schedule(
    seconds: Option<u64>,
    schedule: Option<Schedule>,
) -> anyhow::Result<(Duration, Schedule)> {
    let length = match (seconds, &schedule) {
        (Some(seconds), _) => Duration::from_secs(seconds),
        (None, Some(schedule)) => schedule.length(),
        (None, None) => Duration::from_secs(30),
    };
    let range = Duration::from_secs(1)..=Duration::from_secs(600);
    ensure!(
        range.contains(&length),
        "a run takes 1 to 600 seconds, and not {}",
        length.as_secs_f64()
    );
    Ok((length, schedule.unwrap_or_else(|| Schedule::over(length))))
}

/// Parses a command line, for tests.
#[cfg(test)]
pub(super) fn options(line: &[&str]) -> Options {
    let options = Options::parse(lexopt::Parser::from_args(line)).expect("a command line");
    options.expect("no call for help")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: &[&str]) -> String {
        let options = Options::parse(lexopt::Parser::from_args(line));
        options.expect_err("a wrong command line").to_string()
    }

    #[test]
    fn the_default_is_30_seconds_of_the_declared_policies() {
        let options = options(&[]);
        assert_eq!(options.length, Duration::from_secs(30));
        assert_eq!(options.schedule, Schedule::over(Duration::from_secs(30)));
        assert_eq!(options.policies, Policies::default());
        assert_eq!((options.rate, options.seed), (200, 1));
    }

    #[test]
    fn policies_are_switched_by_name_and_the_last_switch_wins() {
        let policies = |line: &[&str]| options(line).policies.to_string();
        assert_eq!(
            policies(&["--no-retry", "--no-breaker"]),
            "timeout, concurrency"
        );
        assert_eq!(policies(&["--retry", "--none"]), "no policies");
        assert_eq!(
            policies(&["--none", "--hedge=after = 20ms", "--rate-limit"]),
            "hedge (after = 20ms), rate-limit"
        );
        assert_eq!(
            policies(&["--none", "--set", "breaker.open=5s"]),
            "breaker.open 5s"
        );
    }

    #[test]
    fn a_schedule_alone_sets_the_length() {
        let options = options(&["--schedule", "slow:2s,healthy:3s"]);
        assert_eq!(options.length, Duration::from_secs(5));
    }

    #[test]
    fn an_unknown_option_is_reported_with_the_known_ones() {
        for line in [["--bogus"], ["--no-bogus"], ["-x"], ["100ms"]] {
            let problem = problem(&line);
            let first = format!("there is no option {:?}\n\nusage: ", line[0]);
            assert!(problem.starts_with(&first), "{problem}");
            assert!(problem.contains("  --concurrency "), "{problem}");
        }
    }

    #[test]
    fn a_value_out_of_range_is_reported() {
        assert_eq!(
            problem(&["--rate", "0"]),
            r#"--rate takes a number from 1 to 2000, and not "0""#
        );
        assert_eq!(
            problem(&["--seconds", "0.5"]),
            r#"--seconds takes a number from 1 to 600, and not "0.5""#
        );
        assert_eq!(
            problem(&["--schedule", "slow:601s"]),
            "a run takes 1 to 600 seconds, and not 601"
        );
        assert_eq!(
            problem(&["--set", "retry"]),
            r#"--set takes KEY=VALUE, and not "retry""#
        );
    }

    #[test]
    fn help_fits_a_terminal() {
        let options = Options::parse(lexopt::Parser::from_args(["--rate", "5", "--help"]));
        assert_eq!(options.ok(), Some(None));
        for line in usage().lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
