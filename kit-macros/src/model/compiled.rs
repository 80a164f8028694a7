//! Which values of policies come from a file.

use kit_grammar::Side;

/// A value that the service's file gives to a method's policy.
#[derive(Clone, Debug)]
pub(crate) struct CompiledValue {
    pub(crate) side: Side,
    pub(crate) policy: &'static str,
    /// The key; empty where the file switches the policy on or off.
    pub(crate) key: &'static str,
    /// The line, from 1.
    pub(crate) line: u32,
}
