//! How the end of a call counts.
//!
//! A breaker that counts every error trips on a caller who keeps asking for
//! what does not exist, and one that counts a call its caller gave up says
//! something about the caller. So an end is one of four classes, told from
//! its [`Code`]: a policy asks for the class and never for the error.

use crate::model::code::Code;

/// How the end of a call counts for a policy that watches outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeClass {
    /// The peer did its work, even if the answer is that the caller was wrong.
    Success,
    /// The peer failed.
    Failure,
    /// The peer asks for less: it counts in a ratio, and neither as a failure
    /// in a row nor as a probe that succeeded.
    Soft,
    /// Says nothing of the peer: whatever was reserved is given back.
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
    /// No code.
    pub const EMPTY: Self = Self(0);

    /// These codes.
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

    /// As a number, for those who keep it in an atomic.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// What [`bits`](Self::bits) made.
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

/// Which codes count as what. A code in none of the sets is a success.
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
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutcomeClasses {
    failures: CodeSet,
    soft: CodeSet,
    ignored: CodeSet,
}

impl OutcomeClasses {
    /// What the peer is to blame for fails (`unknown`, `deadline_exceeded`,
    /// `internal`, `unavailable`, `data_loss`), `resource_exhausted` is soft,
    /// `cancelled` is ignored.
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

    /// These codes fail, in place of those that did; they leave the other
    /// sets.
    #[must_use]
    pub const fn failures(self, codes: CodeSet) -> Self {
        Self {
            failures: codes,
            soft: self.soft.without(codes),
            ignored: self.ignored.without(codes),
        }
    }

    /// These codes are soft, in place of those that were; they leave the
    /// other sets.
    #[must_use]
    pub const fn soft(self, codes: CodeSet) -> Self {
        Self {
            failures: self.failures.without(codes),
            soft: codes,
            ignored: self.ignored.without(codes),
        }
    }

    /// These codes are ignored, in place of those that were; they leave the
    /// other sets.
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
}

impl Default for OutcomeClasses {
    fn default() -> Self {
        Self::DEFAULT
    }
}
