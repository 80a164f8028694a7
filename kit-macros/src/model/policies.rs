//! Policies, side by side.

use kit_grammar::Side;

use crate::parse::Policy;

/// The policies of a method, beside its timeouts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policies {
    /// Those of the method itself, as they are written.
    pub(crate) own: Vec<Policy>,
    /// Those of its client, the trait's and its own.
    pub(crate) client: Vec<Policy>,
    /// Those of its server.
    pub(crate) server: Vec<Policy>,
    /// Those of its client that a file switches off.
    pub(crate) switched_off: Vec<Policy>,
}

/// Policies of which a method has one: each is there in place of the other.
const ALTERNATIVES: [&str; 2] = ["breaker", "throttle"];

impl Policies {
    /// The trait's policies with the method's own over them.
    ///
    /// `repeatable` says whether a call of the method may be made twice: the
    /// trait's policies that do so are for the methods that can take it.
    pub(super) fn new(contract: &[Policy], own: Vec<Policy>, repeatable: bool) -> Self {
        let mut policies = Self::default();
        let inherited = contract
            .iter()
            .filter(|policy| repeatable || !policy.known.idempotent);
        // Side by side, as with timeouts: a method's own policy of the client
        // leaves the trait's of the server.
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

    /// The client's policy of a name.
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

    /// The argument that callers are told apart by on either side.
    pub(crate) fn counted_argument(&self) -> Option<&str> {
        let all = self.server.iter().chain(&self.client);
        let named = all.filter_map(Policy::counted_argument);
        named.map(|(name, _)| name).next()
    }
}

/// Puts a policy in the place of the one that it overrides.
fn put(policies: &mut Vec<Policy>, policy: &Policy) {
    let name = policy.known.name;
    let overrides = |other: &str| {
        other == name || (ALTERNATIVES.contains(&other) && ALTERNATIVES.contains(&name))
    };
    policies.retain(|other| !overrides(other.known.name));
    policies.push(policy.clone());
}
