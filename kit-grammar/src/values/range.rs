//! Ranges of durations as text: `"20ms..1s"`.

use std::time::Duration;

use super::duration;

/// Parses a range; a single duration is both of its bounds.
///
/// # Errors
/// A bound is missing or not a duration, or the lower is longer than the upper.
///
/// ```
/// use std::time::Duration;
///
/// let (least, most) = kit_grammar::range::parse("20ms..1s").expect("a range");
/// assert_eq!((least, most), (Duration::from_millis(20), Duration::from_secs(1)));
/// ```
pub fn parse(text: &str) -> Result<(Duration, Duration), String> {
    let Some((least, most)) = text.split_once("..") else {
        return duration::parse(text).map(|only| (only, only));
    };
    let most = most.strip_prefix('=').unwrap_or(most);
    let (least_text, most_text) = (least.trim_end(), most.trim_start());
    if least_text.is_empty() || most_text.is_empty() {
        return Err(format!("`{text}` has only one bound"));
    }
    let (least, most) = (duration::parse(least_text)?, duration::parse(most_text)?);
    if least > most {
        return Err(format!(
            "the lower bound of `{text}` is greater than the upper one"
        ));
    }
    Ok((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_lower_and_an_upper_bound() {
        let check = |text: &str, least: u64, most: u64| {
            let expected = (Duration::from_millis(least), Duration::from_millis(most));
            assert_eq!(parse(text), Ok(expected), "{text}");
        };
        check("20ms..1s", 20, 1_000);
        check("20ms .. 1s", 20, 1_000);
        check("20ms..=1s", 20, 1_000);
        check("5s", 5_000, 5_000);
        check("5s..5s", 5_000, 5_000);
    }

    #[test]
    fn invalid_ranges_are_explained() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text).expect_err(text), expected);
        };
        check(
            "1s..20ms",
            "the lower bound of `1s..20ms` is greater than the upper one",
        );
        check("..1s", "`..1s` has only one bound");
        check("1s..", "`1s..` has only one bound");
        check("1..2s", "`1` has no unit");
        check("soon", "`soon` is not a duration");
    }
}
