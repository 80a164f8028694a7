//! The value types of keys, and how their text is parsed.

use super::bound::Bound;
use super::problem::Problem;
use super::read::{codes, counted_by, flag, float, integer, is_number, name, word};
use super::value::Value;
use super::{duration, percentile, range, rate};

/// The value type of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `"250ms"`
    Duration,
    /// `"20ms..1s"`, or one duration.
    DurationRange,
    /// `"100/s"`
    Rate,
    /// A whole number from `min` to `max`.
    Integer {
        /// The minimum.
        min: u32,
        /// The maximum.
        max: u32,
    },
    /// A number between two bounds.
    Float {
        /// The minimum.
        min: Bound,
        /// The maximum, if there is one.
        max: Option<Bound>,
    },
    /// `"p95"`, or a duration.
    Percentile,
    /// `"10s"`, or a number of calls.
    Window,
    /// Present or absent.
    Flag,
    /// `true` or `false`.
    Bool,
    /// `on(unavailable, aborted)`
    Codes,
    /// `everyone`, `peer`, `header("x-tenant")`, `arg(tenant)`, `identity`
    CountedBy,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A name in snake_case; these are the usual ones.
    Name(&'static [&'static str]),
    /// The path of a function.
    Path,
}

impl Kind {
    /// Its name in messages, as in "takes a duration".
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Duration => "a duration",
            Self::DurationRange => "a duration or a range of durations",
            Self::Rate => "a rate",
            Self::Integer { .. } => "a whole number",
            Self::Float { .. } => "a number",
            Self::Percentile => "a percentile or a duration",
            Self::Window => "a duration or a number of calls",
            Self::Flag => "no value",
            Self::Bool => "`true` or `false`",
            Self::Codes => "a list of codes",
            Self::CountedBy => "a key that identifies a caller",
            Self::Word(_) => "a keyword",
            Self::Name(_) => "a name",
            Self::Path => "the path of a function",
        }
    }

    /// Whether attributes write it as a string.
    pub const fn is_string(self) -> bool {
        matches!(
            self,
            Self::Duration | Self::DurationRange | Self::Rate | Self::Percentile | Self::Window
        )
    }

    /// Parses the value of a key; `example` is a valid value, for messages.
    ///
    /// # Errors
    /// The text is not a value of this kind.
    pub fn read(self, key: &str, text: &str, example: &str) -> Result<Value, Problem> {
        let text = text.trim();
        let help = |what: &str| format!("write {what} like {example}");
        let timed = |rule| {
            Problem::new(
                rule,
                format!(
                    "{}; the units are {}",
                    help(self.expected()),
                    duration::UNIT_NAMES
                ),
            )
        };
        match self {
            Self::Duration => duration::parse(text).map(Value::Duration).map_err(timed),
            Self::DurationRange => range::parse(text)
                .map(|(least, most)| Value::Range(least, most))
                .map_err(timed),
            Self::Rate => rate::parse(text)
                .map(Value::Rate)
                .map_err(|rule| Problem::new(rule, help("a rate"))),
            Self::Integer { min, max } => integer(key, text, min, max, example).map(Value::Integer),
            Self::Float { min, max } => float(key, text, min, max, example).map(Value::Float),
            Self::Percentile if text.starts_with('p') => percentile::parse(text)
                .map(Value::Percentile)
                .map_err(|rule| Problem::new(rule, help(self.expected()))),
            Self::Percentile => duration::parse(text).map(Value::Duration).map_err(timed),
            Self::Window if is_number(text) => {
                integer(key, text, 1, u32::MAX, example).map(Value::Calls)
            }
            Self::Window => duration::parse(text).map(Value::Duration).map_err(timed),
            Self::Flag | Self::Bool => flag(key, text),
            Self::Codes => codes(key, text),
            Self::CountedBy => counted_by(key, text).map(Value::CountedBy),
            Self::Word(words) => word(key, text, words).map(Value::Word),
            Self::Name(usual) => name(key, text, usual).map(Value::Name),
            Self::Path => Ok(Value::Path(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::values::CountedBy;

    const COUNT: Kind = Kind::Integer {
        min: 1,
        max: u32::MAX,
    };
    const FRACTION: Kind = Kind::Float {
        min: Bound::Excluding(0.0),
        max: Some(Bound::Including(1.0)),
    };

    #[test]
    fn each_kind_parses_its_values() {
        let check = |kind: Kind, text: &str, expected: Value| {
            assert_eq!(kind.read("k", text, "1"), Ok(expected), "{text}");
        };
        let ms = Duration::from_millis;
        check(Kind::Duration, "5ms", Value::Duration(ms(5)));
        check(
            Kind::DurationRange,
            "5ms..1s",
            Value::Range(ms(5), ms(1_000)),
        );
        check(Kind::DurationRange, "5ms", Value::Range(ms(5), ms(5)));
        check(COUNT, "1", Value::Integer(1));
        check(
            Kind::Integer {
                min: 0,
                max: 20_000,
            },
            "10_000",
            Value::Integer(10_000),
        );
        check(FRACTION, "1", Value::Float(1.0));
        check(FRACTION, "0.05", Value::Float(0.05));
        check(Kind::Percentile, "p99", Value::Percentile(0.99));
        check(Kind::Percentile, "10ms", Value::Duration(ms(10)));
        check(Kind::Window, "100", Value::Calls(100));
        check(Kind::Window, "10s", Value::Duration(ms(10_000)));
        check(Kind::Flag, "false", Value::Flag(false));
        check(
            Kind::Codes,
            "unavailable, aborted",
            Value::Codes(vec!["unavailable", "aborted"]),
        );
        check(
            Kind::CountedBy,
            "header(\"X-Tenant\")",
            Value::CountedBy(CountedBy::Header("x-tenant".to_owned())),
        );
        check(
            Kind::CountedBy,
            "arg(tenant)",
            Value::CountedBy(CountedBy::Argument("tenant".to_owned())),
        );
        check(Kind::CountedBy, "peer", Value::CountedBy(CountedBy::Peer));
        check(Kind::Word(&["vegas", "aimd"]), "aimd", Value::Word("aimd"));
        for text in ["redis", "memcached", "k_v2"] {
            let expected = Value::Name(text.to_owned());
            check(Kind::Name(&["local"]), text, expected);
        }
    }

    #[test]
    fn values_out_of_range_name_the_bound() {
        let check = |kind: Kind, text: &str, rule: &str| {
            let problem = kind.read("k", text, "1").expect_err(text);
            assert_eq!(problem.rule, rule);
        };
        check(COUNT, "0", "`k` must be at least 1");
        check(COUNT, "-3", "`k` must be at least 1");
        check(COUNT, "1.5", "`k` takes a whole number, not `1.5`");
        check(COUNT, "4294967296", "`k` must be at most 4294967295");
        check(
            Kind::Integer {
                min: 0,
                max: 20_000,
            },
            "20001",
            "`k` must be at most 20000",
        );
        check(FRACTION, "0", "`k` must be more than 0");
        check(FRACTION, "1.01", "`k` must be at most 1");
        check(FRACTION, "NaN", "`k` takes a number, not `NaN`");
        check(FRACTION, "half", "`k` takes a number, not `half`");
        check(Kind::Window, "0", "`k` must be at least 1");
        check(Kind::Window, "0s", "the duration `0s` is zero");
        check(
            Kind::Percentile,
            "p100",
            "`p100` is not between `p0` and `p100`",
        );
    }

    #[test]
    fn a_name_not_in_snake_case_is_refused_with_the_usual_ones() {
        for text in ["", "Redis", "my-store", "2nd", "_a", "a_", "a__b", "a.b"] {
            let problem = Kind::Name(&["local", "redis"]).read("store", text, "");
            let problem = problem.expect_err(text);
            assert_eq!(
                problem.rule,
                format!("`{text}` is not a name in snake_case")
            );
            assert!(
                problem.help.contains("`local`, `redis`"),
                "{}",
                problem.help
            );
        }
    }

    #[test]
    fn unknown_words_are_reported_with_the_known_ones() {
        let problem = Kind::Codes
            .read("on", "unavailible", "")
            .expect_err("an unknown code");
        assert_eq!(problem.rule, "`unavailible` is not an error code");
        assert!(
            problem.help.starts_with("did you mean `unavailable`?"),
            "{}",
            problem.help
        );
        let twice = Kind::Codes
            .read("on", "aborted, aborted", "")
            .expect_err("twice");
        assert_eq!(twice.rule, "`aborted` is given twice");
        let none = Kind::Codes.read("on", "", "").expect_err("none");
        assert_eq!(none.rule, "`on` lists no codes");
        let problem = Kind::CountedBy
            .read("key", "pear", "")
            .expect_err("an unknown key");
        assert!(
            problem.help.starts_with("did you mean `peer`?"),
            "{}",
            problem.help
        );
        let problem = Kind::CountedBy
            .read("key", "header(x)", "")
            .expect_err("not a string");
        assert_eq!(
            problem.rule,
            "`header` takes the name of a header as a string"
        );
        let problem = Kind::CountedBy
            .read("key", "header(\"a b\")", "")
            .expect_err("not a name");
        assert_eq!(problem.rule, "`a b` is not a valid header name");
        let problem = Kind::CountedBy
            .read("key", "arg(1)", "")
            .expect_err("not a name");
        assert_eq!(problem.rule, "`arg` takes the name of an argument");
    }
}
