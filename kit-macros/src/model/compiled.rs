//! The origin of policy values that come from a file.

use kit_grammar::Side;

/// A value of a method's policy that the service's file sets.
#[derive(Clone, Debug)]
pub(crate) struct CompiledValue {
    pub(crate) side: Side,
    pub(crate) policy: &'static str,
    /// The key; empty if the file switches the policy on or off.
    pub(crate) key: &'static str,
    /// The line, from 1.
    pub(crate) line: u32,
}
