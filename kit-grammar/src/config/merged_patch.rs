//! Changes over what is declared, the later over the earlier.

use super::error::Origin;
use super::policy_patch::{KeyPatch, PolicyPatch};
use super::read::Change;
use crate::policy::Policy;
use crate::value::Value;

/// What the changes of one policy say, all taken together.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedPatch {
    /// Whether the policy is on.
    pub on: bool,
    /// Who switched it on or off.
    pub origin: Origin,
    /// The keys that were given.
    pub keys: Vec<KeyPatch>,
}

impl MergedPatch {
    /// Nothing yet: the policy is as it was declared.
    pub fn new(on: bool, origin: Origin) -> Self {
        Self {
            on,
            origin,
            keys: Vec::new(),
        }
    }

    /// Takes one more change.
    pub fn apply(&mut self, change: &Change) {
        match &change.told {
            PolicyPatch::Off if !self.on => {}
            PolicyPatch::Off => {
                self.on = false;
                self.origin = change.origin.clone();
            }
            PolicyPatch::On => self.switch_on(change),
            PolicyPatch::Values(keys) => {
                self.switch_on(change);
                // What one change says of keys that exclude each other is for
                // the rules to judge; a later change decides between them.
                self.keys.retain(|old| {
                    let excluded = |new: &KeyPatch| excludes(change.policy, new, old.key.name);
                    !keys
                        .iter()
                        .any(|new| new.key.name == old.key.name || excluded(new))
                });
                self.keys.extend(keys.iter().cloned());
            }
        }
    }

    fn switch_on(&mut self, change: &Change) {
        if !self.on {
            self.on = true;
            self.origin = change.origin.clone();
        }
    }

    /// Whether a key that is declared holds no more.
    pub fn replaces(&self, policy: &Policy, declared: &str) -> bool {
        let mut keys = self.keys.iter();
        keys.any(|told| told.key.name == declared || excludes(policy, told, declared))
    }
}

/// Whether a key takes the place of another one.
fn excludes(policy: &Policy, new: &KeyPatch, old: &str) -> bool {
    match (policy.name, new.key.name) {
        ("concurrency", "limit") => matches!(old, "adaptive" | "algorithm" | "min" | "max"),
        ("concurrency", "adaptive") => old == "limit" && new.value == Value::Flag(true),
        _ => false,
    }
}
