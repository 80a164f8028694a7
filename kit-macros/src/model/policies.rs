//! The policies of a method, by side.

use kit_grammar::Side;

use crate::parse::Policy;

/// The policies of a method, except its timeouts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policies {
    /// Those of the method itself, as written.
    pub(crate) own: Vec<Policy>,
    /// Those of its client, from the trait and the method.
    pub(crate) client: Vec<Policy>,
    /// Those of its server.
    pub(crate) server: Vec<Policy>,
    /// Those of its client that a file switches off.
    pub(crate) switched_off: Vec<Policy>,
}

/// Policies of which a method can have only one.
const ALTERNATIVES: [&str; 2] = ["breaker", "throttle"];

impl Policies {
    /// Merges the policies of the trait with those of the method, which override
    /// them.
    ///
    /// `repeatable` is whether a call of the method may be repeated: policies of
    /// the trait that need this apply only to such methods.
    pub(super) fn new(contract: &[Policy], own: Vec<Policy>, repeatable: bool) -> Self {
        let mut policies = Self::default();
        let inherited = contract
            .iter()
            .filter(|policy| repeatable || !policy.known.idempotent);
        // By side, as with timeouts: a client policy of the method does not
        // replace a server policy of the trait.
        for policy in inherited.chain(&own) {
            if policy.side.client() {
                put(&mut policies.client, policy);
            }
            if policy.side.server() {
                put(&mut policies.server, policy);
            }
        }
        policies.own = own;
        policies
    }

    /// Finds a client policy by name.
    pub(crate) fn of_client(&self, name: &str) -> Option<&Policy> {
        self.client.iter().find(|policy| policy.known.name == name)
    }

    /// The policies of a side.
    pub(crate) fn of(&self, side: Side) -> &[Policy] {
        match side {
            Side::Server => &self.server,
            Side::Client | Side::Both => &self.client,
        }
    }

    /// The argument that identifies callers on either side.
    pub(crate) fn counted_argument(&self) -> Option<&str> {
        let all = self.server.iter().chain(&self.client);
        let named = all.filter_map(Policy::counted_argument);
        named.map(|(name, _)| name).next()
    }
}

/// Adds a policy, and removes those that it overrides.
fn put(policies: &mut Vec<Policy>, policy: &Policy) {
    let name = policy.known.name;
    let overrides = |other: &str| {
        other == name || (ALTERNATIVES.contains(&other) && ALTERNATIVES.contains(&name))
    };
    policies.retain(|other| !overrides(other.known.name));
    policies.push(policy.clone());
}
