//! Classification of call outcomes.
//!
//! A breaker that counted every error would trip on a caller that keeps
//! requesting what does not exist, and one that counted cancelled calls would
//! measure the caller. So each outcome belongs to one of four classes, derived
//! from its [`Code`]; policies depend on the class and never on the error.

use crate::model::code::Code;

/// The class of a call's outcome, for policies that count outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeClass {
    /// The peer did its work, even if the response is a client error.
    Success,
    /// The peer failed.
    Failure,
    /// The peer requests less load: counts in ratios and fails a probe, but is
    /// not a consecutive failure.
    Soft,
    /// Not related to the peer: not counted, and its permit is released.
    Ignored,
}

/// A set of [`Code`]s.
///
/// ```
/// use kit::Code;
/// use kit::policy::CodeSet;
///
/// const RETRIED: CodeSet = CodeSet::of(&[Code::Unavailable, Code::Aborted]);
/// assert!(RETRIED.contains(Code::Aborted));
/// assert!(!RETRIED.contains(Code::Internal));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CodeSet(u32);

impl CodeSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Creates a set of these codes.
    pub const fn of(codes: &[Code]) -> Self {
        let mut set = Self::EMPTY;
        let mut index = 0;
        while index < codes.len() {
            set = set.with(codes[index]);
            index += 1;
        }
        set
    }

    /// This set with one more code.
    #[must_use]
    pub const fn with(self, code: Code) -> Self {
        Self(self.0 | (1 << code.number()))
    }

    /// This set without the codes of another.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether a code is in the set.
    pub const fn contains(self, code: Code) -> bool {
        self.0 & (1 << code.number()) != 0
    }

    /// Whether no code is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as a bit mask, to be stored in an atomic.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// The inverse of [`bits`](Self::bits).
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The codes, in the order of their numbers.
    pub fn codes(self) -> impl Iterator<Item = Code> {
        Code::ALL
            .into_iter()
            .filter(move |code| self.contains(*code))
    }
}

impl std::fmt::Debug for CodeSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.codes().map(Code::name)).finish()
    }
}

/// The mapping from codes to [`OutcomeClass`]. A code in none of the sets is a
/// success.
///
/// The sets are private as they must stay disjoint: adding a code to one
/// removes it from the others. [`codes`](Self::codes) returns the set of a
/// class.
///
/// ```
/// use kit::Code;
/// use kit::policy::{CodeSet, OutcomeClass, OutcomeClasses};
///
/// let classes = OutcomeClasses::DEFAULT;
/// assert_eq!(classes.of(Code::Unavailable), OutcomeClass::Failure);
/// assert_eq!(classes.of(Code::NotFound), OutcomeClass::Success);
/// assert_eq!(classes.of(Code::ResourceExhausted), OutcomeClass::Soft);
/// assert_eq!(classes.of(Code::Cancelled), OutcomeClass::Ignored);
///
/// let own = classes.failures(CodeSet::of(&[Code::NotFound]));
/// assert_eq!(own.of(Code::NotFound), OutcomeClass::Failure);
/// assert_eq!(own.of(Code::Unavailable), OutcomeClass::Success);
/// assert!(own.codes(OutcomeClass::Failure).contains(Code::NotFound));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutcomeClasses {
    failures: CodeSet,
    soft: CodeSet,
    ignored: CodeSet,
}

impl OutcomeClasses {
    /// The default: server-side errors are failures (`unknown`,
    /// `deadline_exceeded`, `internal`, `unavailable`, `data_loss`),
    /// `resource_exhausted` is soft, `cancelled` is ignored, and the rest are
    /// successes.
    pub const DEFAULT: Self = Self {
        failures: CodeSet::of(&[
            Code::Unknown,
            Code::DeadlineExceeded,
            Code::Internal,
            Code::Unavailable,
            Code::DataLoss,
        ]),
        soft: CodeSet::of(&[Code::ResourceExhausted]),
        ignored: CodeSet::of(&[Code::Cancelled]),
    };

    /// Replaces the codes that are failures, and removes them from the other
    /// sets.
    #[must_use]
    pub const fn failures(self, codes: CodeSet) -> Self {
        Self {
            failures: codes,
            soft: self.soft.without(codes),
            ignored: self.ignored.without(codes),
        }
    }

    /// Replaces the codes that are soft, and removes them from the other sets.
    #[must_use]
    pub const fn soft(self, codes: CodeSet) -> Self {
        Self {
            failures: self.failures.without(codes),
            soft: codes,
            ignored: self.ignored.without(codes),
        }
    }

    /// Replaces the codes that are ignored, and removes them from the other
    /// sets.
    #[must_use]
    pub const fn ignored(self, codes: CodeSet) -> Self {
        Self {
            failures: self.failures.without(codes),
            soft: self.soft.without(codes),
            ignored: codes,
        }
    }

    /// The class of a code.
    pub const fn of(self, code: Code) -> OutcomeClass {
        if self.failures.contains(code) {
            OutcomeClass::Failure
        } else if self.soft.contains(code) {
            OutcomeClass::Soft
        } else if self.ignored.contains(code) {
            OutcomeClass::Ignored
        } else {
            OutcomeClass::Success
        }
    }

    /// The codes of a class.
    pub const fn codes(self, class: OutcomeClass) -> CodeSet {
        match class {
            OutcomeClass::Success => CodeSet::of(&Code::ALL)
                .without(self.failures)
                .without(self.soft)
                .without(self.ignored),
            OutcomeClass::Failure => self.failures,
            OutcomeClass::Soft => self.soft,
            OutcomeClass::Ignored => self.ignored,
        }
    }
}

impl Default for OutcomeClasses {
    fn default() -> Self {
        Self::DEFAULT
    }
}
