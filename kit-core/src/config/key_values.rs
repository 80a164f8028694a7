//! The values of a policy's keys, with typed access for the builders.

use std::time::Duration;

use kit_grammar::config::KeyPatch;
use kit_grammar::{Rate, Value};

/// Values by key, each of the kind that the grammar defines for its key.
pub(super) struct KeyValues<'a>(pub(super) &'a [KeyPatch]);

macro_rules! values {
    ($($(#[$docs:meta])* $name:ident: $variant:ident -> $type:ty;)+) => {
        impl KeyValues<'_> {
            $(
                $(#[$docs])*
                pub(super) fn $name(&self, key: &str) -> Option<$type> {
                    match self.value(key)? {
                        Value::$variant(value) => Some(value.clone()),
                        _ => None,
                    }
                }
            )+
        }
    };
}

values! {
    duration: Duration -> Duration;
    rate: Rate -> Rate;
    integer: Integer -> u32;
    calls: Calls -> u32;
    float: Float -> f64;
    percentile: Percentile -> f64;
    flag: Flag -> bool;
    word: Word -> &'static str;
}

impl KeyValues<'_> {
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        let patch = self.0.iter().find(|patch| patch.key.name == key);
        patch.map(|patch| &patch.value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub(super) fn range(&self, key: &str) -> Option<(Duration, Duration)> {
        match self.value(key)? {
            Value::Range(min, max) => Some((*min, *max)),
            _ => None,
        }
    }
}
