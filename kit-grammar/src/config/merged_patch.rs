//! Merges the changes of one policy; later ones override earlier ones.

use super::error::Origin;
use super::policy_patch::{KeyPatch, PolicyPatch};
use super::read::Change;
use crate::policy::Policy;
use crate::values::Value;

/// The merged changes of one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedPatch {
    /// Whether the policy is on.
    pub on: bool,
    /// The origin of what switched it on or off.
    pub origin: Origin,
    /// The keys that are set.
    pub keys: Vec<KeyPatch>,
}

impl MergedPatch {
    /// A patch without changes: the policy is as declared.
    pub fn new(on: bool, origin: Origin) -> Self {
        Self {
            on,
            origin,
            keys: Vec::new(),
        }
    }

    /// Merges one more change.
    pub fn apply(&mut self, change: &Change) {
        match &change.patch {
            PolicyPatch::Off if !self.on => {}
            PolicyPatch::Off => {
                self.on = false;
                self.origin = change.origin.clone();
            }
            PolicyPatch::On => self.switch_on(change),
            PolicyPatch::Values(keys) => {
                self.switch_on(change);
                // Keys of one change that exclude each other are reported by
                // the rules; a key of a later change replaces them.
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

    /// Whether it overrides a declared key.
    pub fn replaces(&self, policy: &Policy, declared: &str) -> bool {
        let mut keys = self.keys.iter();
        keys.any(|patch| patch.key.name == declared || excludes(policy, patch, declared))
    }
}

/// Whether a key replaces another one that it excludes.
fn excludes(policy: &Policy, new: &KeyPatch, old: &str) -> bool {
    match (policy.name, new.key.name) {
        ("concurrency", "limit") => matches!(old, "adaptive" | "algorithm" | "min" | "max"),
        ("concurrency", "adaptive") => old == "limit" && new.value == Value::Flag(true),
        _ => false,
    }
}
