//! The list of all knobs, with their values and origins.
//!
//! During an incident, operators need the value in effect and which of the seven
//! sources it comes from. The name of a knob is the key that [`Config::set`]
//! takes.
//!
//! [`Config::set`]: super::Config::set

use std::fmt;

use kit_grammar::Kind;
use kit_grammar::config::Origin;

use super::resolve::Report;

/// A key of a policy that can be set.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Knob {
    /// The key for [`Config::set`](super::Config::set), such as
    /// `pb.Add.sum.server.rate_limit.burst`.
    pub name: String,
    /// The default; `None` if there is none.
    pub default: Option<&'static str>,
    /// The value in effect, `off` if the policy is off; `None` if there is no value.
    pub value: Option<String>,
    /// The source of the value.
    pub origin: Origin,
    /// A description, in one line.
    pub docs: &'static str,
}

/// All knobs, in the order of the services, their methods and the chain. `Display`
/// prints a table with one line per knob.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knobs(pub(super) Vec<Knob>);

impl Knobs {
    /// The knob with this name.
    pub fn get(&self, name: &str) -> Option<&Knob> {
        self.iter().find(|knob| knob.name == name)
    }

    /// Iterates over the knobs.
    pub fn iter(&self) -> std::slice::Iter<'_, Knob> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Knobs {
    type Item = &'a Knob;
    type IntoIter = std::slice::Iter<'a, Knob>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The knobs of one policy; `prefix` names its method and side.
pub(super) fn knobs(prefix: &str, report: &Report) -> Vec<Knob> {
    let is_on = !report.values.is_empty();
    let keys = report.policy.keys.iter();
    // The function of a fallback can only be set in code.
    let keys = keys.filter(|key| key.kind != Kind::Path);
    keys.map(|key| {
        let value = report.values.iter().find(|(name, ..)| *name == key.name);
        let (value, origin) = match value {
            Some((_, value, origin)) => (Some(value.to_string()), origin.clone()),
            None if is_on => (None, Origin::Default),
            None => (Some("off".to_owned()), report.origin.clone()),
        };
        Knob {
            name: format!("{prefix}.{}.{}", report.policy.name, key.name),
            default: key.default,
            value,
            origin,
            docs: key.docs,
        }
    })
    .collect()
}

const NO_VALUE: &str = "-";

impl fmt::Display for Knobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.iter().map(|knob| {
            let value = knob.value.as_deref().unwrap_or(NO_VALUE);
            let default = knob.default.unwrap_or(NO_VALUE);
            [
                knob.name.clone(),
                value.to_owned(),
                default.to_owned(),
                knob.origin.to_string(),
            ]
        });
        let header = ["KNOB", "VALUE", "DEFAULT", "ORIGIN"].map(str::to_owned);
        let rows: Vec<[String; 4]> = std::iter::once(header).chain(rows).collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let (name, value, default) = (width(0), width(1), width(2));
        for (index, [a, b, c, d]) in rows.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{a:name$}  {b:value$}  {c:default$}  {d}")?;
        }
        Ok(())
    }
}
