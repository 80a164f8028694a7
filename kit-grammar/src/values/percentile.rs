//! Percentiles as text: `"p95"`, `"p99.9"`.

/// Parses a percentile as a fraction: `"p95"` is 0.95.
pub(crate) fn parse(text: &str) -> Result<f64, String> {
    let number = text
        .strip_prefix('p')
        .filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
        .ok_or_else(|| format!("`{text}` is not a percentile"))?;
    let percent: f64 = number
        .parse()
        .map_err(|_| format!("`{text}` is not a percentile"))?;
    if percent <= 0.0 || percent >= 100.0 {
        return Err(format!("`{text}` is not between `p0` and `p100`"));
    }
    // In binary, 99.9 / 100 is not 0.999: round to a billionth.
    Ok((percent * 1e7).round() / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_fraction() {
        assert_eq!(parse("p95"), Ok(0.95));
        assert_eq!(parse("p50"), Ok(0.5));
        assert_eq!(parse("p99.5"), Ok(0.995));
        assert_eq!(parse("p99.9"), Ok(0.999));
    }

    #[test]
    fn invalid_percentiles_are_explained() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text).expect_err(text), expected);
        };
        check("95", "`95` is not a percentile");
        check("p", "`p` is not a percentile");
        check("pinf", "`pinf` is not a percentile");
        check("p9x", "`p9x` is not a percentile");
        check("p0", "`p0` is not between `p0` and `p100`");
        check("p100", "`p100` is not between `p0` and `p100`");
    }
}
