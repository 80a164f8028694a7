//! The outcome classes of all codes, packed into one word so that a live
//! configuration can replace them while calls read them.

use super::sync::atomic::{AtomicU64, Ordering};
use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::model::policies::outcome::{OutcomeClass, OutcomeClasses};

/// The table, with two bits for each code.
#[derive(Debug)]
pub(crate) struct ClassTable(AtomicU64);

impl ClassTable {
    pub(crate) fn new(classes: OutcomeClasses) -> Self {
        Self(AtomicU64::new(pack(classes)))
    }

    pub(crate) fn set(&self, classes: OutcomeClasses) {
        self.0.store(pack(classes), Ordering::Relaxed);
    }

    pub(crate) fn of(&self, code: Code) -> OutcomeClass {
        match self.0.load(Ordering::Relaxed) >> shift(code) & 3 {
            0 => OutcomeClass::Success,
            1 => OutcomeClass::Failure,
            2 => OutcomeClass::Soft,
            _ => OutcomeClass::Ignored,
        }
    }

    /// The class of a completed call. A call that another policy of this
    /// process refused never reached the peer, and is no evidence about it.
    #[inline]
    pub(crate) fn of_end(&self, completion: Completion) -> OutcomeClass {
        match completion.refused_here {
            true => OutcomeClass::Ignored,
            false => self.of(completion.code),
        }
    }
}

fn pack(classes: OutcomeClasses) -> u64 {
    Code::ALL.into_iter().fold(0, |table, code| {
        let class = match classes.of(code) {
            OutcomeClass::Success => 0,
            OutcomeClass::Failure => 1,
            OutcomeClass::Soft => 2,
            OutcomeClass::Ignored => 3,
        };
        table | class << shift(code)
    })
}

fn shift(code: Code) -> u32 {
    2 * u32::from(code.number())
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;
    use crate::model::policies::CodeSet;

    #[test]
    fn table_matches_the_outcome_classes() {
        let own = OutcomeClasses::DEFAULT
            .failures(CodeSet::of(&[Code::NotFound, Code::Unauthenticated]))
            .soft(CodeSet::of(&[Code::Unavailable]));
        let table = ClassTable::new(OutcomeClasses::DEFAULT);
        for classes in [OutcomeClasses::DEFAULT, own] {
            table.set(classes);
            for code in Code::ALL {
                assert_eq!(table.of(code), classes.of(code), "{code:?}");
            }
        }
    }
}
