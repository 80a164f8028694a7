//! A slot for one policy, which can be switched on and off.
//!
//! A configuration may switch a policy off while calls are in flight, and a call
//! may hold a permit of that policy. So a core, once created, lives as long as
//! its [`Admission`](super::Admission); "off" is a flag beside it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// A policy that may be absent or switched off.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    on: AtomicBool,
    core: OnceLock<Box<T>>,
}

impl<T> Slot<T> {
    pub(crate) const fn empty() -> Self {
        Self {
            on: AtomicBool::new(false),
            core: OnceLock::new(),
        }
    }

    /// The core, if the policy is on.
    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        if !self.on.load(Ordering::Relaxed) {
            return None;
        }
        self.core.get().map(|core| &**core)
    }

    /// The core, on or off, if the policy was ever on.
    pub(crate) fn core(&self) -> Option<&T> {
        self.core.get().map(|core| &**core)
    }

    /// Switches the policy off, or on with these values: changes the existing
    /// core by `change`, or creates one by `create`.
    pub(crate) fn set<C, E>(
        &self,
        config: Option<C>,
        create: impl FnOnce(C) -> T,
        change: impl FnOnce(&T, C) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(config) = config else {
            self.on.store(false, Ordering::Release);
            return Ok(());
        };
        match self.core() {
            Some(core) => change(core, config)?,
            None => {
                self.core.get_or_init(|| Box::new(create(config)));
            }
        }
        self.on.store(true, Ordering::Release);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::AtomicU32;

    use super::*;

    fn set(slot: &Slot<AtomicU32>, config: Option<u32>) {
        let change = |core: &AtomicU32, config: u32| {
            core.store(config, Ordering::Relaxed);
            Ok::<(), Infallible>(())
        };
        let outcome = slot.set(config, AtomicU32::new, change);
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn a_policy_switched_off_and_on_keeps_its_core() {
        let slot = Slot::empty();
        assert!(slot.get().is_none());
        set(&slot, Some(1));
        let first = slot.get().map(std::ptr::from_ref);
        set(&slot, None);
        assert!(slot.get().is_none());
        set(&slot, Some(2));
        assert_eq!(slot.get().map(std::ptr::from_ref), first);
        assert_eq!(slot.get().map(|core| core.load(Ordering::Relaxed)), Some(2));
    }
}
