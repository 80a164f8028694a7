//! The policies, and their switches on the command line.
//!
//! Each policy is switched by its name and takes the values of its attribute,
//! which are passed to the configuration unchanged. The contract decides on
//! which side a policy runs.

use std::fmt::{self, Write as _};

use kit::Config;

/// The section of a configuration that is changed.
const SECTION: &str = "examples.Upstream.fetch";

/// A policy of the contract between the client and the upstream.
#[derive(Debug)]
struct Policy {
    /// Its name on the command line.
    name: &'static str,
    /// Whether it is on by default.
    is_on: bool,
    /// Its value when it is switched on without values: `on` is the value of
    /// the contract, or else all defaults.
    usual: &'static str,
    /// Its description, in one line.
    docs: &'static str,
}

/// All policies, in the order of the chain.
#[rustfmt::skip]
const POLICIES: [Policy; 10] = [
    policy("fallback", false, "on", "a substitute response for a failure"),
    policy("timeout", true, "on", "cancels a call after 400ms"),
    policy("cache", false, "on", "serves cached responses for a second"),
    policy("throttle", false, "on", "drops calls to a failing upstream, replaces the breaker"),
    policy("retry", true, "on", "repeats failed calls"),
    policy("hedge", false, "on", "a second request beside a slow one"),
    policy("breaker", true, "on", "stops calls to a failing upstream"),
    policy("shed", false, "cpu = 0.5", "the upstream refuses calls while its CPU is busy"),
    policy("concurrency", true, "on", "the upstream takes 32 concurrent calls"),
    policy("rate-limit", false, "150/s", "the upstream takes 150 calls per second"),
];

const fn policy(
    name: &'static str,
    is_on: bool,
    usual: &'static str,
    docs: &'static str,
) -> Policy {
    Policy {
        name,
        is_on,
        usual,
        docs,
    }
}

/// The setting of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Setting {
    Off,
    On,
    /// On, with values in the grammar of its attribute.
    With(String),
}

/// The policies of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    /// In the order of [`POLICIES`].
    settings: [Setting; POLICIES.len()],
    /// Single keys and their values, in the order given.
    keys: Vec<(String, String)>,
}

impl Default for Policies {
    fn default() -> Self {
        let setting = |policy: &Policy| match policy.is_on {
            true => Setting::On,
            false => Setting::Off,
        };
        Self {
            settings: std::array::from_fn(|index| setting(&POLICIES[index])),
            keys: Vec::new(),
        }
    }
}

impl Policies {
    /// Whether there is a policy of that name.
    pub fn has(name: &str) -> bool {
        index(name).is_some()
    }

    /// Switches a policy on, with `values` if given. An unknown name has no
    /// effect.
    pub fn switch_on(&mut self, name: &str, values: Option<String>) {
        // A method has one of them, as both react to the same failures.
        match name {
            "breaker" => self.switch_off("throttle"),
            "throttle" => self.switch_off("breaker"),
            _ => {}
        }
        self.put(name, values.map_or(Setting::On, Setting::With));
    }

    /// Switches a policy off. An unknown name has no effect.
    pub fn switch_off(&mut self, name: &str) {
        self.put(name, Setting::Off);
    }

    fn put(&mut self, name: &str, setting: Setting) {
        if let Some(index) = index(name) {
            self.settings[index] = setting;
        }
    }

    /// Switches all of them off.
    pub fn switch_all_off(&mut self) {
        self.settings.fill(Setting::Off);
    }

    /// Gives a key of a policy a value, as in `breaker.open` and `5s`.
    pub fn set(&mut self, key: &str, value: &str) {
        self.keys.push((key.to_owned(), value.to_owned()));
    }

    /// The configuration of both sides of the contract.
    ///
    /// # Errors
    /// A key is unknown or a value is invalid, as far as that is known without
    /// a service.
    pub fn config(&self) -> anyhow::Result<Config> {
        let config = Config::new();
        for (policy, setting) in POLICIES.iter().zip(&self.settings) {
            let value = match setting {
                Setting::Off => "off",
                Setting::On => policy.usual,
                Setting::With(values) => values,
            };
            let name = policy.name.replace('-', "_");
            config.set(&format!("{SECTION}.{name}"), value)?;
        }
        for (key, value) in &self.keys {
            config.set(&format!("{SECTION}.{key}"), value)?;
        }
        Ok(config)
    }

    /// Whether there is a breaker.
    pub fn has_breaker(&self) -> bool {
        index("breaker").is_some_and(|index| self.settings[index] != Setting::Off)
    }

    /// The lines of `--help`.
    pub fn usage() -> String {
        let mut usage = String::new();
        for policy in &POLICIES {
            let is_on = if policy.is_on { "on" } else { "off" };
            let name = policy.name;
            let _ = writeln!(usage, "  --{name:<14} {is_on:<3}  {}", policy.docs);
        }
        usage
    }
}

fn index(name: &str) -> Option<usize> {
    POLICIES.iter().position(|policy| policy.name == name)
}

/// The policies that are on.
impl fmt::Display for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies = POLICIES.iter().zip(&self.settings);
        let policies = policies.filter_map(|(policy, setting)| match setting {
            Setting::Off => None,
            Setting::On => Some(policy.name.to_owned()),
            Setting::With(values) => Some(format!("{} ({values})", policy.name)),
        });
        let keys = self
            .keys
            .iter()
            .map(|(key, value)| format!("{key} {value}"));
        let words: Vec<_> = policies.chain(keys).collect();
        match words.is_empty() {
            true => f.write_str("no policies"),
            false => f.write_str(&words.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use kit::policy::PolicyKind;
    use tokio::time::Instant;

    use super::*;
    use crate::resilience::schedule::Schedule;
    use crate::resilience::upstream::{Flaky, UpstreamClient, UpstreamServer};

    /// The knobs of both sides under the policies.
    fn configured(policies: &Policies) -> anyhow::Result<kit::config::Knobs> {
        let schedule: Schedule = "healthy:1s".parse()?;
        let flaky = Flaky::new(schedule, Instant::now());
        let config = policies.config()?;
        let client = UpstreamClient::local(flaky.clone()).configure(&config)?;
        let server = UpstreamServer::new(flaky).configure(&config)?;
        let knobs = config.knobs();
        drop((client, server));
        Ok(knobs)
    }

    /// The policies of both sides that are on.
    fn on(policies: &Policies) -> Vec<String> {
        let knobs = configured(policies).expect("valid policies");
        let on = knobs.iter().filter_map(|knob| {
            let name = knob.name.strip_prefix(SECTION)?.strip_prefix('.')?;
            let (place, _) = name.rsplit_once('.')?;
            (knob.value.as_deref()? != "off").then(|| place.to_owned())
        });
        let mut on: Vec<_> = on.collect();
        on.dedup();
        on
    }

    #[test]
    fn only_default_policies_are_on() {
        assert_eq!(
            on(&Policies::default()),
            [
                "client.timeout",
                "client.retry",
                "client.breaker",
                "server.concurrency"
            ]
        );
        let mut none = Policies::default();
        none.switch_all_off();
        assert_eq!(on(&none), [""; 0]);
        assert_eq!(none.to_string(), "no policies");
    }

    #[test]
    fn every_policy_of_kit_can_be_switched_on_alone() {
        for (name, place) in [
            (PolicyKind::Fallback, "client.fallback"),
            (PolicyKind::Timeout, "client.timeout"),
            (PolicyKind::Cache, "client.cache"),
            (PolicyKind::Throttle, "client.throttle"),
            (PolicyKind::Retry, "client.retry"),
            (PolicyKind::Hedge, "client.hedge"),
            (PolicyKind::Breaker, "client.breaker"),
            (PolicyKind::Shed, "server.shed"),
            (PolicyKind::Concurrency, "server.concurrency"),
            (PolicyKind::RateLimit, "server.rate_limit"),
        ] {
            let name = name.name().replace('_', "-");
            let mut policies = Policies::default();
            policies.switch_all_off();
            policies.switch_on(&name, None);
            assert_eq!(on(&policies), [place]);
            assert_eq!(policies.to_string(), name);
            assert!(
                Policies::usage().contains(&format!("  --{name} ")),
                "{name}"
            );
            policies.switch_off(&name);
            assert_eq!(on(&policies), [""; 0]);
        }
    }

    #[test]
    fn a_breaker_and_a_throttle_switch_each_other_off() {
        let mut policies = Policies::default();
        policies.switch_on("throttle", Some("k = 1.5".to_owned()));
        assert!(!policies.has_breaker());
        assert_eq!(
            policies.to_string(),
            "timeout, throttle (k = 1.5), retry, concurrency"
        );
        policies.switch_on("breaker", None);
        assert!(policies.has_breaker());
        assert_eq!(policies.to_string(), "timeout, retry, breaker, concurrency");
    }

    #[test]
    fn values_override_those_of_the_contract() {
        let mut policies = Policies::default();
        policies.switch_on("retry", Some("attempts = 5".to_owned()));
        policies.set("client.rate_limit", "50/s");
        let knobs = configured(&policies).expect("valid policies");
        let value = |name: &str| {
            let knob = knobs.get(&format!("{SECTION}.{name}"));
            knob.and_then(|knob| knob.value.clone())
        };
        assert_eq!(value("client.retry.attempts").as_deref(), Some("5"));
        let backoff = value("client.retry.backoff");
        assert_eq!(backoff.as_deref(), Some("10ms..100ms"));
        assert_eq!(value("client.rate_limit.rate").as_deref(), Some("50/s"));
        assert_eq!(value("server.rate_limit.rate").as_deref(), Some("off"));
    }

    #[test]
    fn an_unknown_key_or_value_is_an_error() {
        for (key, value) in [("breaker.opne", "5s"), ("timeout", "soon"), ("slow", "1s")] {
            let mut policies = Policies::default();
            policies.set(key, value);
            let error = configured(&policies).expect_err(key).to_string();
            assert!(
                error.contains(key.rsplit('.').next().unwrap_or(key)),
                "{error}"
            );
        }
    }
}
