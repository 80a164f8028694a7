//! What has to be known of a service before values can be read for it.
//!
//! The macros know it from a trait's tokens, the runtime from a descriptor.

use crate::policy::Policy;

/// A service, as far as a configuration has to know it.
#[derive(Clone, Debug)]
pub struct Contract<'a> {
    /// The name on the wire, as in `pb.Add`.
    pub name: &'a str,
    /// The methods, in the order of the trait.
    pub methods: Vec<ContractMethod<'a>>,
    /// Whether they are no methods but plain functions, which have no sides.
    pub plain: bool,
}

/// A method of a service.
#[derive(Clone, Copy, Debug)]
pub struct ContractMethod<'a> {
    /// The name in Rust, as in `sum`.
    pub name: &'a str,
    /// Whether a call may safely be made twice.
    pub idempotent: bool,
    /// Whether its attributes have a retry or a hedge, so that its client
    /// keeps a call to make it again.
    pub repeats: bool,
    /// Whether its attributes have a cache, so that its client keeps answers.
    pub caches: bool,
    /// Whether its attributes have a fallback, which names a function.
    pub falls_back: bool,
    /// Whether it is no method but a plain function.
    pub plain: bool,
}

impl Contract<'_> {
    /// What its methods are.
    pub(super) fn noun(&self) -> &'static str {
        match self.plain {
            true => "function",
            false => "method",
        }
    }
}

impl ContractMethod<'_> {
    /// Why a policy can't stand before the method, and the way out.
    ///
    /// Policies that need the call itself ask something of its types, which
    /// the compiler checks where an attribute says so, and nowhere else.
    pub fn obstacle(&self, policy: &Policy) -> Option<(String, String)> {
        let name = policy.name;
        if policy.idempotent && !self.idempotent {
            return Some((
                format!("`{name}` may make a call twice, and the method is not idempotent"),
                "say so in its `#[endpoint(.., idempotent)]`, or remove it here".to_owned(),
            ));
        }
        let is_declared = match name {
            "retry" | "hedge" => self.repeats,
            "cache" => self.caches,
            "fallback" => self.falls_back,
            _ => true,
        };
        (!is_declared).then(|| {
            let (noun, whose) = match self.plain {
                true => ("function", "function"),
                false => ("method", "contract's method"),
            };
            (
                format!("the code of the {noun} is not made for a `{name}`"),
                format!("add `#[{name}({})]` to the {whose}", policy.example),
            )
        })
    }
}
