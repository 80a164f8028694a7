//! The settings of one store: its values with their origins, and the store that is
//! built from them.

use std::sync::Arc;

use kit_grammar::config::{ConfigProblem, Content, Entry, Name, Origin, Section};
use kit_grammar::{did_you_mean, duration};

use super::Knob;
use crate::policy::rate_limit::{
    SharedStore, StoreFactory, StoreKey, StoreKeyKind, StoreSettings, StoreValue,
};

/// The settings of a store, from all sources.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    /// The first section that configures the store.
    place: Option<Origin>,
    set: Vec<(&'static str, SetValue)>,
    /// The values of which the store was built, defaults included; empty without a
    /// store.
    values: Vec<(&'static str, StoreValue)>,
    /// `None` until all required keys are set.
    store: Option<Arc<dyn SharedStore>>,
}

/// A value that a source sets.
#[derive(Clone)]
struct SetValue {
    value: StoreValue,
    /// The value as it may be printed, such as a URL without its password.
    shown: String,
    origin: Origin,
}

impl Settings {
    /// The settings from these sections, in order of precedence. With unchanged
    /// values the store is kept; with others its factory may keep the connection.
    pub(super) fn next(
        &self,
        factory: &StoreFactory,
        sections: &[&Section],
        problems: &mut Vec<ConfigProblem>,
    ) -> Self {
        let earlier_problems = problems.len();
        let mut next = Self::default();
        for section in sections {
            let Some(entries) = section.about(factory.name()) else {
                continue;
            };
            next.place.get_or_insert_with(|| section.origin.clone());
            let is_upper_case = matches!(section.name, Name::UpperSnake(_));
            for entry in entries {
                match read_entry(factory, &entry, is_upper_case) {
                    Ok((key, value)) => next.insert(key, value),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if problems.len() == earlier_problems
            && let Err(problem) = next.build(factory, self)
        {
            problems.push(problem);
        }
        next
    }

    fn insert(&mut self, key: &'static str, value: SetValue) {
        self.set.retain(|(name, _)| *name != key);
        self.set.push((key, value));
    }

    /// Builds the store, if all required keys are set.
    fn build(&mut self, factory: &StoreFactory, before: &Self) -> Result<(), ConfigProblem> {
        let Some(place) = &self.place else {
            return Ok(());
        };
        let mut values = Vec::new();
        for key in factory.keys() {
            match (self.get(key), key.default) {
                (Some(set), _) => values.push((key.name, set.value.clone())),
                (None, Some(default)) => {
                    let (value, _) = read_text(factory, key, default, place)?;
                    values.push((key.name, value));
                }
                (None, None) if key.required => return Ok(()),
                (None, None) => {}
            }
        }
        let mut settings = StoreSettings::new(&values);
        if let Some(store) = &before.store {
            if before.values == values {
                self.store = Some(Arc::clone(store));
                self.values = values;
                return Ok(());
            }
            settings = settings.replacing(&before.values, &**store);
        }
        let store = factory.build(&settings).map_err(|status| {
            let rule = format!("`{}`: {}", factory.name(), status.message());
            ConfigProblem::new(place, rule, "")
        })?;
        self.store = Some(store);
        self.values = values;
        Ok(())
    }

    fn get(&self, key: &StoreKey) -> Option<&SetValue> {
        let mut set = self.set.iter();
        set.find(|(name, _)| *name == key.name)
            .map(|(_, value)| value)
    }

    pub(super) fn place(&self) -> Option<&Origin> {
        self.place.as_ref()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    pub(super) fn store(&self) -> Option<Arc<dyn SharedStore>> {
        self.store.clone()
    }

    /// The knobs of all keys, set or not.
    pub(super) fn knobs(&self, factory: &StoreFactory) -> impl Iterator<Item = Knob> {
        factory.keys().iter().map(|key| {
            let set = self.get(key);
            let value = set.map(|set| set.shown.clone());
            let origin = set.map(|set| set.origin.clone());
            Knob {
                name: format!("{}.{}", factory.name(), key.name),
                default: key.default,
                value: value.or(key.default.map(str::to_owned)),
                origin: origin.unwrap_or(Origin::Default),
                docs: key.docs,
            }
        })
    }
}

fn read_entry(
    factory: &StoreFactory,
    entry: &Entry,
    is_upper_case: bool,
) -> Result<(&'static str, SetValue), ConfigProblem> {
    let table = factory.name();
    let spelled = |key: &StoreKey| match is_upper_case {
        true => key.name.to_ascii_uppercase(),
        false => key.name.to_owned(),
    };
    let mut keys = factory.keys().iter();
    let Some(key) = keys.find(|key| spelled(key) == entry.name) else {
        let rule = format!("`{table}` has no key `{}`", entry.name);
        let names: Vec<String> = factory.keys().iter().map(spelled).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let help = did_you_mean(&entry.name, &names);
        return Err(ConfigProblem::new(&entry.origin, rule, help));
    };
    let origin = entry.node.origin.clone();
    let Content::Text(text) = &entry.node.content else {
        let rule = format!("`{table}.{}` must be a text", key.name);
        return Err(ConfigProblem::new(&origin, rule, example_help(key)));
    };
    let (value, shown) = read_text(factory, key, text, &origin)?;
    let set = SetValue {
        value,
        shown,
        origin,
    };
    Ok((key.name, set))
}

/// Parses a text as the value of a key; also returns it as it may be printed.
fn read_text(
    factory: &StoreFactory,
    key: &StoreKey,
    text: &str,
    origin: &Origin,
) -> Result<(StoreValue, String), ConfigProblem> {
    let wrong = |rule: String, help: String| {
        let rule = format!("`{}.{}`{rule}", factory.name(), key.name);
        Err(ConfigProblem::new(origin, rule, help))
    };
    let shown = match key.kind {
        StoreKeyKind::Judged(judge) => match judge(text) {
            Ok(shown) => shown,
            Err(status) => return wrong(format!(": {}", status.message()), String::new()),
        },
        StoreKeyKind::Text if text.is_empty() => {
            return wrong(" is empty".into(), example_help(key));
        }
        StoreKeyKind::Text => text.to_owned(),
        StoreKeyKind::Duration => match duration::parse(text) {
            Ok(time) => return Ok((StoreValue::Duration(time), duration::format(time))),
            Err(problem) => return wrong(format!(": {problem}"), example_help(key)),
        },
    };
    Ok((StoreValue::Text(text.to_owned()), shown))
}

/// The help of an error: the key with an example.
fn example_help(key: &StoreKey) -> String {
    format!("write it like `{} = \"{}\"`", key.name, key.example)
}
