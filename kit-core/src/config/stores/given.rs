//! The table of one store: its values, where they are from, and the store that
//! they make.

use std::sync::Arc;

use kit_grammar::config::{ConfigProblem, Content, Entry, Name, Origin, Section};
use kit_grammar::{did_you_mean, duration};

use super::Knob;
use crate::policy::rate_limit::{
    SharedStore, StoreFactory, StoreKey, StoreKeyKind, StoreSettings, StoreValue,
};

/// What is configured of a store.
#[derive(Clone, Default)]
pub(crate) struct Given {
    /// The first place that has anything of it.
    place: Option<Origin>,
    said: Vec<(&'static str, Said)>,
    /// All values, defaults too; empty where there is no store.
    values: Vec<(&'static str, StoreValue)>,
    /// There where all required keys are.
    store: Option<Arc<dyn SharedStore>>,
}

/// A value, as it may be shown, and where it is from.
#[derive(Clone)]
struct Said {
    value: StoreValue,
    shown: String,
    origin: Origin,
}

impl Given {
    /// What would be configured with these sections, the weaker first. Of the
    /// same values the store stays; of others its factory may keep the
    /// connection.
    pub(super) fn next<'a>(
        &self,
        factory: &StoreFactory,
        sections: impl Iterator<Item = &'a Section>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Self {
        let right_before = problems.len();
        let mut next = Self::default();
        for section in sections {
            let Some(entries) = section.about(factory.name()) else {
                continue;
            };
            next.place.get_or_insert_with(|| section.origin.clone());
            let is_capital = matches!(section.name, Name::UpperSnake(_));
            for entry in entries {
                match read_entry(factory, &entry, is_capital) {
                    Ok((key, said)) => next.say(key, said),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if problems.len() == right_before
            && let Err(problem) = next.build(factory, self)
        {
            problems.push(problem);
        }
        next
    }

    fn say(&mut self, key: &'static str, said: Said) {
        self.said.retain(|(name, _)| *name != key);
        self.said.push((key, said));
    }

    /// Makes the store, if there is a table with all required keys.
    fn build(&mut self, factory: &StoreFactory, before: &Self) -> Result<(), ConfigProblem> {
        let Some(place) = &self.place else {
            return Ok(());
        };
        let mut values = Vec::new();
        for key in factory.keys() {
            match (self.said(key), key.default) {
                (Some(said), _) => values.push((key.name, said.value.clone())),
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

    fn said(&self, key: &StoreKey) -> Option<&Said> {
        let mut said = self.said.iter();
        said.find(|(name, _)| *name == key.name)
            .map(|(_, said)| said)
    }

    pub(super) fn place(&self) -> Option<&Origin> {
        self.place.as_ref()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    pub(super) fn store(&self) -> Option<Arc<dyn SharedStore>> {
        self.store.clone()
    }

    /// Every key with its value and where that is from.
    pub(super) fn knobs(&self, factory: &StoreFactory) -> impl Iterator<Item = Knob> {
        factory.keys().iter().map(|key| {
            let said = self.said(key);
            let value = said.map(|said| said.shown.clone());
            let origin = said.map(|said| said.origin.clone());
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
    is_capital: bool,
) -> Result<(&'static str, Said), ConfigProblem> {
    let table = factory.name();
    let spelled = |key: &StoreKey| match is_capital {
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
        let rule = format!("`{table}.{}` is a text", key.name);
        return Err(ConfigProblem::new(&origin, rule, written(key)));
    };
    let (value, shown) = read_text(factory, key, text, &origin)?;
    let said = Said {
        value,
        shown,
        origin,
    };
    Ok((key.name, said))
}

/// The value of a text, and how it is shown.
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
        StoreKeyKind::Text if text.is_empty() => return wrong(" is empty".into(), written(key)),
        StoreKeyKind::Text => text.to_owned(),
        StoreKeyKind::Duration => match duration::parse(text) {
            Ok(time) => return Ok((StoreValue::Duration(time), duration::format(time))),
            Err(problem) => return wrong(format!(": {problem}"), written(key)),
        },
    };
    Ok((StoreValue::Text(text.to_owned()), shown))
}

fn written(key: &StoreKey) -> String {
    format!("write it like `{} = \"{}\"`", key.name, key.example)
}
