//! The settings of one policy: keys with their values.
//!
//! They are one text, `"100/s, burst = 20"`, or keys and values of a table. All
//! problems are reported at once.

use super::definition::Policy;
use super::rules::check;
use super::setting::Setting;
use crate::names::did_you_mean;
use crate::values::{Problem, Value};

/// The settings of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    policy: &'static Policy,
    settings: Vec<Setting>,
}

impl Settings {
    /// Parses `"100/s, burst = 20"`.
    ///
    /// # Errors
    /// Returns all problems: of keys, of values, and of their combination.
    pub fn parse(policy: &'static Policy, text: &str) -> Result<Self, Vec<Problem>> {
        let (pairs, mut problems) = split(policy, text);
        let read = Self::read(policy, pairs);
        match read {
            Ok(settings) if problems.is_empty() => Ok(settings),
            Ok(_) => Err(problems),
            Err(more) => {
                // A missing key may be one that could not be parsed.
                if problems.is_empty() {
                    problems.extend(more);
                }
                Err(problems)
            }
        }
    }

    /// Splits `"100/s, burst = 20"` into keys and values as text, for callers
    /// that parse the values themselves, such as a patch of existing settings.
    ///
    /// # Errors
    /// Returns the parts that are neither a key with its value nor a value of
    /// the positional key.
    ///
    /// ```
    /// use kit_grammar::{Policy, Settings};
    ///
    /// let rate_limit = Policy::named("rate_limit").expect("a known policy");
    /// let pairs = Settings::pairs(rate_limit, "\"100/s\", burst = 20");
    /// assert_eq!(pairs, Ok(vec![("rate", "100/s"), ("burst", "20")]));
    /// ```
    pub fn pairs<'a>(
        policy: &'static Policy,
        text: &'a str,
    ) -> Result<Vec<(&'a str, &'a str)>, Vec<Problem>> {
        let (pairs, problems) = split(policy, text);
        if !problems.is_empty() {
            return Err(problems);
        }
        let pairs = pairs.into_iter();
        Ok(pairs.map(|(name, text)| (name, unquoted(text))).collect())
    }

    /// Parses keys with their values as text, as of a table.
    ///
    /// # Errors
    /// Returns all problems: of keys, of values, and of their combination.
    pub fn read<'a>(
        policy: &'static Policy,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<Problem>> {
        let mut settings: Vec<Setting> = Vec::new();
        let mut problems = Vec::new();
        for (name, text) in pairs {
            let Some(key) = policy.key(name) else {
                problems.push(Problem::new(
                    format!("`{}` has no key `{name}`", policy.name),
                    did_you_mean(name, &policy.key_names()),
                ));
                continue;
            };
            if settings.iter().any(|other| other.key.name == name) {
                problems.push(Problem::new(
                    format!("`{name}` is given twice"),
                    "keep one of them",
                ));
                continue;
            }
            match key.kind.read(name, unquoted(text), key.example) {
                Ok(value) => settings.push(Setting {
                    key,
                    value: Some(value),
                }),
                Err(error) => problems.push(error),
            }
        }
        if problems.is_empty() {
            let violations = check(policy, &settings).into_iter();
            problems.extend(violations.map(|violation| violation.problem));
        }
        if problems.is_empty() {
            Ok(Self { policy, settings })
        } else {
            Err(problems)
        }
    }

    /// The policy that they belong to.
    pub fn policy(&self) -> &'static Policy {
        self.policy
    }

    /// The keys with their values, in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter()
    }

    /// The value of a key, if it is set.
    pub fn value(&self, name: &str) -> Option<&Value> {
        let setting = self.settings.iter().find(|other| other.key.name == name);
        setting.and_then(|setting| setting.value.as_ref())
    }
}

/// The keys with their values, and the problems of the other parts.
fn split<'a>(policy: &'static Policy, text: &'a str) -> (Vec<(&'a str, &'a str)>, Vec<Problem>) {
    let mut pairs = Vec::new();
    let mut problems = Vec::new();
    for part in parts(text) {
        match pair(policy, part) {
            Ok(pair) => pairs.push(pair),
            Err(error) => problems.push(error),
        }
    }
    (pairs, problems)
}

/// Splits a text at commas outside of parentheses and quotes.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_u32, false, 0);
    let mut parts = Vec::new();
    for (position, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    let parts = parts.into_iter().map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

/// Parses `key = value`, `key(value)`, a flag, or a value of the positional key.
fn pair<'a>(policy: &'static Policy, part: &'a str) -> Result<(&'a str, &'a str), Problem> {
    if let Some((name, value)) = part.split_once('=')
        && !name.contains('"')
        && !name.ends_with("..")
    {
        let (name, value) = (name.trim(), value.trim());
        if value.is_empty() {
            return Err(Problem::new(
                format!("`{name}` has no value after its `=`"),
                format!("write `{name} = value`"),
            ));
        }
        return Ok((name, value));
    }
    let word = part.split('(').next().unwrap_or(part).trim();
    if let Some(key) = policy.key(word) {
        let inside = part[word.len()..].trim_start();
        let inside = inside
            .strip_prefix('(')
            .and_then(|inside| inside.strip_suffix(')'));
        return Ok((key.name, inside.unwrap_or("true")));
    }
    if let Some(positional) = policy.positional {
        return Ok((positional, part));
    }
    Err(Problem::new(
        format!("`{}` has no key `{part}`", policy.name),
        did_you_mean(part, &policy.key_names()),
    ))
}

/// Strips the quotes around a text.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::values::{CountedBy, Rate};

    fn policy(name: &str) -> &'static Policy {
        Policy::named(name).expect(name)
    }

    fn rules(name: &str, text: &str) -> Vec<String> {
        let problems = Settings::parse(policy(name), text).expect_err(text);
        problems.into_iter().map(|problem| problem.rule).collect()
    }

    #[test]
    fn a_text_holds_keys_flags_lists_and_a_positional_value() {
        let text = r#""100/s", burst = 20, key = header("x,tenant")"#;
        assert_eq!(
            rules("rate_limit", text),
            ["`x,tenant` is not a valid header name"]
        );
        let text = "100/s, burst = 20, key = arg(tenant), wait = \"50ms\"";
        let settings = Settings::parse(policy("rate_limit"), text).expect(text);
        let per = Duration::from_secs(1);
        assert_eq!(
            settings.value("rate"),
            Some(&Value::Rate(Rate { count: 100, per }))
        );
        let key = CountedBy::Argument("tenant".to_owned());
        assert_eq!(settings.value("key"), Some(&Value::CountedBy(key)));
        assert_eq!(
            settings.value("wait"),
            Some(&Value::Duration(Duration::from_millis(50)))
        );
        let text = "adaptive, min = 2";
        let settings = Settings::parse(policy("concurrency"), text).expect(text);
        assert_eq!(settings.value("adaptive"), Some(&Value::Flag(true)));
        let text = "on(unavailable, aborted), attempts = 5";
        let settings = Settings::parse(policy("retry"), text).expect(text);
        let codes = Value::Codes(vec!["unavailable", "aborted"]);
        assert_eq!(settings.value("on"), Some(&codes));
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        assert_eq!(
            rules("retry", "attemts = 3, budget = -1, backoff = soon"),
            [
                "`retry` has no key `attemts`",
                "`budget` must be at least 0",
                "`soon` is not a duration",
            ]
        );
        assert_eq!(
            rules("retry", "attempts = 3, attempts = 4"),
            ["`attempts` is given twice"]
        );
        assert_eq!(
            rules("retry", "attempts ="),
            ["`attempts` has no value after its `=`"]
        );
        assert_eq!(rules("retry", "3"), ["`retry` has no key `3`"]);
    }

    #[test]
    fn a_table_is_parsed_key_by_key() {
        let pairs = [("rate", "5/m"), ("burst", "2")];
        let settings = Settings::read(policy("rate_limit"), pairs).expect("valid settings");
        assert_eq!(settings.value("burst"), Some(&Value::Integer(2)));
        assert_eq!(settings.iter().count(), 2);
        assert_eq!(settings.policy().name, "rate_limit");
    }
}
