//! What one policy is told: keys with their values.
//!
//! Text comes as one string, `"100/s, burst = 20"`, or key by key from a
//! table. All that is wrong is reported at once.

use crate::Wrong;
use crate::policy::{Key, Policy};
use crate::rules::check;
use crate::value::Value;
use crate::words::did_you_mean;

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key.
    pub key: &'static Key,
    /// The value; `None` where only the compiler knows it.
    pub value: Option<Value>,
}

/// What a policy is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    policy: &'static Policy,
    settings: Vec<Setting>,
}

impl Settings {
    /// Reads `"100/s, burst = 20"`.
    ///
    /// # Errors
    /// All that is wrong with it: keys, values, and what they mean together.
    pub fn parse(policy: &'static Policy, text: &str) -> Result<Self, Vec<Wrong>> {
        let (pairs, mut wrong) = split(policy, text);
        let read = Self::read(policy, pairs);
        match read {
            Ok(settings) if wrong.is_empty() => Ok(settings),
            Ok(_) => Err(wrong),
            Err(more) => {
                // What is missing may be what could not be read.
                if wrong.is_empty() {
                    wrong.extend(more);
                }
                Err(wrong)
            }
        }
    }

    /// The keys of `"100/s, burst = 20"` with their values as text, for those
    /// who read the values by themselves, as over what is already set.
    ///
    /// # Errors
    /// The parts that are neither a key with its value nor a value alone.
    ///
    /// ```
    /// use kit_grammar::{Policy, Settings};
    ///
    /// let rate_limit = Policy::named("rate_limit").expect("a policy of that name");
    /// let pairs = Settings::pairs(rate_limit, "\"100/s\", burst = 20");
    /// assert_eq!(pairs, Ok(vec![("rate", "100/s"), ("burst", "20")]));
    /// ```
    pub fn pairs<'a>(
        policy: &'static Policy,
        text: &'a str,
    ) -> Result<Vec<(&'a str, &'a str)>, Vec<Wrong>> {
        let (pairs, wrong) = split(policy, text);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let pairs = pairs.into_iter();
        Ok(pairs.map(|(name, text)| (name, unquoted(text))).collect())
    }

    /// Reads keys with their values as text, as a table has them.
    ///
    /// # Errors
    /// All that is wrong with them: keys, values, and what they mean together.
    pub fn read<'a>(
        policy: &'static Policy,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<Wrong>> {
        let mut settings: Vec<Setting> = Vec::new();
        let mut wrong = Vec::new();
        for (name, text) in pairs {
            let Some(key) = policy.key(name) else {
                wrong.push(Wrong::new(
                    format!("`{}` has no key `{name}`", policy.name),
                    did_you_mean(name, &policy.key_names()),
                ));
                continue;
            };
            if settings.iter().any(|other| other.key.name == name) {
                wrong.push(Wrong::new(
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
                Err(error) => wrong.push(error),
            }
        }
        if wrong.is_empty() {
            let violations = check(policy, &settings).into_iter();
            wrong.extend(violations.map(|violation| violation.wrong));
        }
        if wrong.is_empty() {
            Ok(Self { policy, settings })
        } else {
            Err(wrong)
        }
    }

    /// The policy that is told.
    pub fn policy(&self) -> &'static Policy {
        self.policy
    }

    /// The keys with their values, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter()
    }

    /// The value of a key, if it is given.
    pub fn value(&self, name: &str) -> Option<&Value> {
        let setting = self.settings.iter().find(|other| other.key.name == name);
        setting.and_then(|setting| setting.value.as_ref())
    }
}

/// The keys with their values, and what is neither.
fn split<'a>(policy: &'static Policy, text: &'a str) -> (Vec<(&'a str, &'a str)>, Vec<Wrong>) {
    let mut pairs = Vec::new();
    let mut wrong = Vec::new();
    for part in parts(text) {
        match pair(policy, part) {
            Ok(pair) => pairs.push(pair),
            Err(error) => wrong.push(error),
        }
    }
    (pairs, wrong)
}

/// The parts of a text between the commas that stand in no parentheses and in
/// no quotes.
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

/// `key = value`, `key(value)`, a flag, or a value alone.
fn pair<'a>(policy: &'static Policy, part: &'a str) -> Result<(&'a str, &'a str), Wrong> {
    if let Some((name, value)) = part.split_once('=')
        && !name.contains('"')
        && !name.ends_with("..")
    {
        let (name, value) = (name.trim(), value.trim());
        if value.is_empty() {
            return Err(Wrong::new(
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
    Err(Wrong::new(
        format!("`{}` has no key `{part}`", policy.name),
        did_you_mean(part, &policy.key_names()),
    ))
}

/// A text without the quotes around it.
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
    use crate::{CountedBy, Rate};

    fn policy(name: &str) -> &'static Policy {
        Policy::named(name).expect(name)
    }

    fn rules(name: &str, text: &str) -> Vec<String> {
        let wrong = Settings::parse(policy(name), text).expect_err(text);
        wrong.into_iter().map(|wrong| wrong.rule).collect()
    }

    #[test]
    fn a_text_has_keys_flags_lists_and_a_value_alone() {
        let text = r#""100/s", burst = 20, key = header("x,tenant")"#;
        assert_eq!(
            rules("rate_limit", text),
            ["`x,tenant` is not the name of a header"]
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
    fn all_that_is_wrong_is_said_at_once() {
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
    fn a_table_is_read_key_by_key() {
        let pairs = [("rate", "5/m"), ("burst", "2")];
        let settings = Settings::read(policy("rate_limit"), pairs).expect("settings");
        assert_eq!(settings.value("burst"), Some(&Value::Integer(2)));
        assert_eq!(settings.iter().count(), 2);
        assert_eq!(settings.policy().name, "rate_limit");
    }
}
