//! The description of a service that its configuration is checked against.
//!
//! The macros build it from a trait's tokens, the runtime from a descriptor.

use crate::policy::Policy;

/// A service, as its configuration is checked against it.
#[derive(Clone, Debug)]
pub struct Contract<'a> {
    /// The name on the wire, as in `pb.Add`.
    pub name: &'a str,
    /// The methods, in the order of the trait.
    pub methods: Vec<ContractMethod<'a>>,
    /// Whether its "methods" are plain functions, which have no sides.
    pub plain: bool,
}

/// A method of a service.
#[derive(Clone, Copy, Debug)]
pub struct ContractMethod<'a> {
    /// The name in Rust, as in `sum`.
    pub name: &'a str,
    /// Whether a call may safely be repeated.
    pub idempotent: bool,
    /// Whether its attributes have a retry or a hedge, so that its client
    /// can repeat a call.
    pub repeats: bool,
    /// Whether its attributes have a cache, so that its client can store
    /// responses.
    pub caches: bool,
    /// Whether its attributes have a fallback, which names a function.
    pub falls_back: bool,
    /// Whether it is a plain function instead of a method.
    pub plain: bool,
}

impl Contract<'_> {
    /// What its methods are called in messages.
    pub(super) fn noun(&self) -> &'static str {
        match self.plain {
            true => "function",
            false => "method",
        }
    }
}

impl ContractMethod<'_> {
    /// Why the method can't have a policy, and the way out.
    ///
    /// Policies that store or repeat a call need traits of its types, which the
    /// compiler checks only where the policy has an attribute.
    pub fn obstacle(&self, policy: &Policy) -> Option<(String, String)> {
        let name = policy.name;
        if policy.idempotent && !self.idempotent {
            return Some((
                format!("`{name}` needs an idempotent method, which this one is not"),
                "mark it `#[endpoint(.., idempotent)]` if repeating it is safe, or remove the policy here".to_owned(),
            ));
        }
        let is_declared = match name {
            "retry" | "hedge" => self.repeats,
            "cache" => self.caches,
            "fallback" => self.falls_back,
            _ => true,
        };
        (!is_declared).then(|| {
            let (noun, target) = match self.plain {
                true => ("function", "function"),
                false => ("method", "contract's method"),
            };
            (
                format!("the {noun} is compiled without support for `{name}`"),
                format!("add `#[{name}({})]` to the {target}", policy.example),
            )
        })
    }
}
