//! Rates as text: `"100/s"`, `"10/m"`, `"5/500ms"`.

use std::fmt;
use std::time::Duration;

use super::duration;

/// A number of events per duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// The number of events; at least 1.
    pub count: u32,
    /// The duration; longer than zero.
    pub per: Duration,
}

/// Formats the rate so that [`parse`] reads it back.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = duration::format(self.per);
        // `1s` is written `s`, but `1m30s` keeps its digits.
        let unit = per.strip_prefix('1');
        let unit = unit.filter(|unit| unit.chars().all(char::is_alphabetic));
        write!(f, "{}/{}", self.count, unit.unwrap_or(&per))
    }
}

/// Parses a rate.
///
/// # Errors
/// The text is not a number, a slash and a duration or its unit, or one of them
/// is zero.
pub fn parse(text: &str) -> Result<Rate, String> {
    let (count, per) = text
        .split_once('/')
        .ok_or_else(|| format!("`{text}` is not a rate: it has no `/`"))?;
    let (count, per) = (count.trim_end(), per.trim_start());
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{text}` does not start with a whole number"));
    }
    let count = count
        .parse()
        .map_err(|_| format!("the count of `{text}` is more than {}", u32::MAX))?;
    if count == 0 {
        return Err(format!("`{text}` allows no calls"));
    }
    let per = if per.starts_with(|c: char| c.is_ascii_digit()) {
        duration::parse(per)?
    } else {
        duration::parse(&format!("1{per}")).map_err(|_| {
            format!(
                "`{per}` is not a unit of time: the units are {}",
                duration::UNIT_NAMES
            )
        })?
    };
    Ok(Rate { count, per })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_per_duration() {
        let check = |text: &str, count: u32, milliseconds: u64| {
            let per = Duration::from_millis(milliseconds);
            assert_eq!(parse(text), Ok(Rate { count, per }), "{text}");
        };
        check("100/s", 100, 1_000);
        check("10/m", 10, 60_000);
        check("5/500ms", 5, 500);
        check("1/1m30s", 1, 90_000);
        check("7 / h", 7, 3_600_000);
    }

    #[test]
    fn invalid_rates_are_explained() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text).expect_err(text), expected);
        };
        check("fast", "`fast` is not a rate: it has no `/`");
        check("100", "`100` is not a rate: it has no `/`");
        check("/s", "`/s` does not start with a whole number");
        check("-1/s", "`-1/s` does not start with a whole number");
        check("1.5/s", "`1.5/s` does not start with a whole number");
        check("0/s", "`0/s` allows no calls");
        check(
            "5000000000/s",
            "the count of `5000000000/s` is more than 4294967295",
        );
        check(
            "5/day",
            "`day` is not a unit of time: the units are `ns`, `us`, `ms`, `s`, `m` and `h`",
        );
        check("5/0s", "the duration `0s` is zero");
        check("5/10", "`10` has no unit");
        check(
            "5/",
            "`` is not a unit of time: the units are `ns`, `us`, `ms`, `s`, `m` and `h`",
        );
    }
}
