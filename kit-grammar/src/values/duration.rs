//! Durations as text: `"250ms"`, `"2s"`, `"1m30s"`.

use std::time::Duration;

const UNITS: [(&str, u64); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3_600 * 1_000_000_000),
];

/// The names of the units, for messages.
pub const UNIT_NAMES: &str = "`ns`, `us`, `ms`, `s`, `m` and `h`";

/// Parses a duration.
///
/// # Errors
/// The text is not a sequence of whole numbers with units in descending order,
/// or the duration is zero.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(kit_grammar::duration::parse("1m30s"), Ok(Duration::from_secs(90)));
/// ```
pub fn parse(text: &str) -> Result<Duration, String> {
    if text.is_empty() {
        return Err("the duration is empty".to_owned());
    }
    let mut rest = text;
    let mut nanoseconds: u64 = 0;
    let mut last_unit = u64::MAX;
    while !rest.is_empty() {
        let (part, unit, after) = part(rest, text)?;
        if unit >= last_unit {
            return Err(format!("the units of `{text}` are not in descending order"));
        }
        last_unit = unit;
        nanoseconds = part
            .checked_mul(unit)
            .and_then(|part| nanoseconds.checked_add(part))
            .ok_or_else(|| format!("`{text}` is longer than 584 years"))?;
        rest = after;
    }
    if nanoseconds == 0 {
        return Err(format!("the duration `{text}` is zero"));
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// One number, its unit in nanoseconds, and the rest of the text.
fn part<'a>(rest: &'a str, text: &str) -> Result<(u64, u64, &'a str), String> {
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(|| format!("`{text}` has no unit"))?;
    let (number, rest) = rest.split_at(digits);
    let letters = rest
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, after) = rest.split_at(letters);
    if number.is_empty() {
        return Err(format!("`{text}` is not a duration"));
    }
    if unit.contains('.') || unit.contains(',') {
        return Err(format!("`{text}` has a fractional part"));
    }
    let number = number
        .parse()
        .map_err(|_| format!("`{text}` is longer than 584 years"))?;
    let (_, size) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(|| format!("`{text}` has an unknown unit"))?;
    Ok((number, *size, after))
}

/// Formats a duration so that [`parse`] reads it back, in the largest units that
/// represent it exactly.
pub fn format(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, size) in UNITS.iter().rev() {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units_in_descending_order() {
        let check = |text: &str, milliseconds: u64| {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        };
        check("250ms", 250);
        check("2s", 2_000);
        check("1m30s", 90_000);
        check("1h", 3_600_000);
        check("1500us500000ns", 2);
        check("1s1ms", 1_001);
    }

    #[test]
    fn a_formatted_duration_parses_to_the_same_duration() {
        let check = |text: &str| assert_eq!(parse(text).map(format).as_deref(), Ok(text));
        check("250ms");
        check("1m30s");
        check("1h1ns");
        assert_eq!(format(Duration::ZERO), "0s");
    }

    #[test]
    fn invalid_durations_are_explained() {
        let check = |text: &str, expected: &str| {
            assert_eq!(
                parse(text).as_ref().map_err(String::as_str),
                Err(expected),
                "{text}"
            );
        };
        check("", "the duration is empty");
        check("2", "`2` has no unit");
        check("2 parsecs", "`2 parsecs` has an unknown unit");
        check("2 s", "`2 s` has an unknown unit");
        check("s", "`s` is not a duration");
        check("-1s", "`-1s` is not a duration");
        check("0s", "the duration `0s` is zero");
        check("0h0ms", "the duration `0h0ms` is zero");
        check("1s1m", "the units of `1s1m` are not in descending order");
        check("1s1s", "the units of `1s1s` are not in descending order");
        check("1.5s", "`1.5s` has a fractional part");
        check("99999999999h", "`99999999999h` is longer than 584 years");
        check(
            "99999999999999999999s",
            "`99999999999999999999s` is longer than 584 years",
        );
    }
}
