//! Every knob that there is, with its value and where that comes from.
//!
//! Whoever is woken at night wants to know what holds now, and which of seven
//! places said so. A knob's name is the key that [`Config::set`] takes.
//!
//! [`Config::set`]: super::Config::set

use std::fmt;

use kit_grammar::Kind;
use kit_grammar::config::Origin;

use super::settle::Report;

/// One thing that can be set.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Knob {
    /// What to call it in [`Config::set`](super::Config::set), as in
    /// `pb.Add.sum.server.rate_limit.burst`.
    pub name: String,
    /// What holds where nobody says anything; `None` where nothing does.
    pub default: Option<&'static str>,
    /// What holds now; `None` where nothing does.
    pub value: Option<String>,
    /// Who says so.
    pub origin: Origin,
    /// What it is, in one line.
    pub docs: &'static str,
}

/// All knobs, in the order of the services, their methods and the chain;
/// printed, a table of a line for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knobs(pub(super) Vec<Knob>);

impl Knobs {
    /// The knob of a name.
    pub fn get(&self, name: &str) -> Option<&Knob> {
        self.iter().find(|knob| knob.name == name)
    }

    /// The knobs, one by one.
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

/// The knobs of one policy; `place` is its method and side.
pub(super) fn knobs(place: &str, report: &Report) -> Vec<Knob> {
    let is_on = !report.values.is_empty();
    let keys = report.policy.keys.iter();
    // A function is no value that could be given here.
    let keys = keys.filter(|key| key.kind != Kind::Path);
    keys.map(|key| {
        let value = report.values.iter().find(|(name, ..)| *name == key.name);
        let (value, origin) = match value {
            Some((_, value, origin)) => (Some(value.to_string()), origin.clone()),
            None if is_on => (None, Origin::Default),
            None => (Some("off".to_owned()), report.origin.clone()),
        };
        Knob {
            name: format!("{place}.{}.{}", report.policy.name, key.name),
            default: key.default,
            value,
            origin,
            docs: key.docs,
        }
    })
    .collect()
}

const NOTHING: &str = "-";

impl fmt::Display for Knobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.iter().map(|knob| {
            let value = knob.value.as_deref().unwrap_or(NOTHING);
            let default = knob.default.unwrap_or(NOTHING);
            [
                knob.name.clone(),
                value.to_owned(),
                default.to_owned(),
                knob.origin.to_string(),
            ]
        });
        let heads = ["KNOB", "VALUE", "DEFAULT", "ORIGIN"].map(str::to_owned);
        let rows: Vec<[String; 4]> = std::iter::once(heads).chain(rows).collect();
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
