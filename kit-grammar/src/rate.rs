//! Rates as people write them: `"100/s"`, `"10/m"`, `"5/500ms"`.

use std::fmt;
use std::time::Duration;

use crate::duration;

/// So many in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// How many; at least 1.
    pub count: u32,
    /// In how long; longer than nothing.
    pub per: Duration,
}

/// As [`parse`] reads it.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = duration::format(self.per);
        // `1s` is `s`, and `1m30s` stays whole.
        let unit = per.strip_prefix('1');
        let unit = unit.filter(|unit| unit.chars().all(char::is_alphabetic));
        write!(f, "{}/{}", self.count, unit.unwrap_or(&per))
    }
}

/// Reads a rate, or says what is wrong with it.
///
/// # Errors
/// The text is not a number, a slash and a duration or its unit, or either is
/// zero.
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
        .map_err(|_| format!("`{text}` is more than {} in a time", u32::MAX))?;
    if count == 0 {
        return Err(format!("`{text}` lets nothing through"));
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
    fn a_rate_is_a_number_in_a_time() {
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
    fn what_is_not_a_rate_says_why() {
        let check = |text: &str, expected: &str| {
            let wrong = parse(text).expect_err(text);
            assert_eq!(wrong, expected);
        };
        check("fast", "`fast` is not a rate: it has no `/`");
        check("100", "`100` is not a rate: it has no `/`");
        check("/s", "`/s` does not start with a whole number");
        check("-1/s", "`-1/s` does not start with a whole number");
        check("1.5/s", "`1.5/s` does not start with a whole number");
        check("0/s", "`0/s` lets nothing through");
        check(
            "5000000000/s",
            "`5000000000/s` is more than 4294967295 in a time",
        );
        check(
            "5/day",
            "`day` is not a unit of time: the units are `ns`, `us`, `ms`, `s`, `m` and `h`",
        );
        check("5/0s", "`0s` is no time at all");
        check("5/10", "`10` has no unit");
        check(
            "5/",
            "`` is not a unit of time: the units are `ns`, `us`, `ms`, `s`, `m` and `h`",
        );
    }
}
