//! Sizes in bytes as text: `"64KiB"`, `"1MiB"`, `"512B"`.

const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// The names of the units, for messages.
pub const UNIT_NAMES: &str = "`B`, `KiB`, `MiB`, `GiB`, `kB`, `MB` and `GB`";

/// Parses a size in bytes.
///
/// # Errors
/// The text is not a whole number with a unit.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(|| format!("`{text}` has no unit"))?;
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(format!("`{text}` does not start with a whole number"));
    }
    let unit = unit.trim_start();
    let (_, size) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(|| format!("`{text}` has an unknown unit"))?;
    let too_large = || format!("`{text}` is more than {} bytes", u64::MAX);
    let number: u64 = number.parse().map_err(|_| too_large())?;
    number.checked_mul(*size).ok_or_else(too_large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_with_a_unit() {
        assert_eq!(parse("512B"), Ok(512));
        assert_eq!(parse("64KiB"), Ok(65_536));
        assert_eq!(parse("1 MiB"), Ok(1_048_576));
        assert_eq!(parse("3GB"), Ok(3_000_000_000));
        assert_eq!(parse("0B"), Ok(0));
    }

    #[test]
    fn invalid_sizes_are_explained() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text).expect_err(text), expected);
        };
        check("512", "`512` has no unit");
        check("MiB", "`MiB` does not start with a whole number");
        check("1.5MiB", "`1.5MiB` has an unknown unit");
        check("1mb", "`1mb` has an unknown unit");
        check(
            "99999999999GiB",
            "`99999999999GiB` is more than 18446744073709551615 bytes",
        );
    }
}
