//! Overrides of declared values, and the rules between them.

use std::time::Duration;

use kit_grammar::config::{Content, KeyPatch, Node, PolicyPatch, Scope};

use super::*;
use crate::model::code::Code;
use crate::model::policies::CodeSet;
use crate::model::policies::breaker::BreakerConfig;
use crate::model::policies::cache::CacheConfig;
use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};
use crate::model::policies::hedge::HedgeConfig;
use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitKey};
use crate::model::policies::retry::RetryConfig;
use crate::model::policies::shed::ShedConfig;
use crate::model::policies::throttle::ThrottleConfig;

fn change<P: Settable>(text: &str) -> Change {
    let origin = Origin::Set(text.into());
    let node = Node {
        origin: origin.clone(),
        content: Content::Text(text.to_owned()),
    };
    Change {
        scope: Scope::default(),
        policy: P::policy(),
        patch: PolicyPatch::read(P::policy(), &node, "it").expect(text),
        origin,
    }
}

/// Applies texts of keys to `base`, in order; the error is the first rule broken.
fn resolved<P: Settable>(base: Option<P>, texts: &[&str]) -> Result<Option<P>, String> {
    let changes: Vec<Change> = texts.iter().map(|text| change::<P>(text)).collect();
    let changes: Vec<&Change> = changes.iter().collect();
    let declared = Declared {
        config: base,
        by_impl: false,
        compiled: &Compiled::NONE,
        side: Side::Client,
    };
    let mut problems = Vec::new();
    let resolved = resolve(declared, &changes, "it", &mut problems);
    match problems.first() {
        Some(problem) => Err(problem.rule().to_owned()),
        None => Ok(resolved.config),
    }
}

const LIMIT: RateLimitConfig = RateLimitConfig::new(Rate::new(10, Duration::from_secs(1)))
    .burst(20)
    .key(RateLimitKey::Peer);

#[test]
fn setting_one_key_keeps_the_others() {
    let actual = resolved(Some(LIMIT), &["burst = 5"]);
    assert_eq!(actual, Ok(Some(LIMIT.burst(5))));
    let rate = Rate::new(7, Duration::from_secs(60));
    let actual = resolved(Some(LIMIT), &["7/m"]);
    let expected = RateLimitConfig::new(rate).burst(20).key(RateLimitKey::Peer);
    assert_eq!(actual, Ok(Some(expected)));
    let actual = resolved(Some(LIMIT), &["wait = 50ms", "wait = 20ms, max_keys = 3"]);
    let expected = LIMIT.wait(Duration::from_millis(20)).max_keys(3);
    assert_eq!(actual, Ok(Some(expected)));
}

#[test]
fn unset_burst_follows_the_rate() {
    let base = RateLimitConfig::new(Rate::new(10, Duration::from_secs(1)));
    let actual = resolved(Some(base), &["30/s"]).map(|config| config.map(|config| config.burst));
    assert_eq!(actual, Ok(Some(30)));
}

#[test]
fn missing_required_key_is_an_error() {
    let missing = Err("`it`: `rate_limit` has no rate".to_owned());
    assert_eq!(resolved::<RateLimitConfig>(None, &["burst = 5"]), missing);
    assert_eq!(resolved::<RateLimitConfig>(None, &["on"]), missing);
    let actual = resolved::<RateLimitConfig>(None, &["burst = 5", "10/s"]);
    let expected = RateLimitConfig::new(Rate::new(10, Duration::from_secs(1))).burst(5);
    assert_eq!(actual, Ok(Some(expected)));
}

#[test]
fn a_local_limit_can_be_made_shared() {
    use crate::model::policies::rate_limit::RateLimitStore;
    for name in ["redis", "memcached"] {
        let actual = resolved(Some(LIMIT), &["wait = 1s", &format!("store = {name}")]);
        let expected = LIMIT
            .wait(Duration::from_secs(1))
            .store(RateLimitStore::Named(name));
        assert_eq!(actual, Ok(Some(expected)));
    }
    let actual = resolved(Some(LIMIT), &["store = redis", "store = local"]);
    assert_eq!(actual, Ok(Some(LIMIT)));
}

#[test]
fn error_of_the_policys_own_check_names_its_key() {
    let actual = resolved(Some(LIMIT), &["wait = 1s", "1/1000000h"]);
    let problem = "`it`: `burst` must come back within 146 years";
    assert_eq!(actual, Err(problem.to_owned()));
}

#[test]
fn switching_off_and_on_keeps_the_values() {
    let actual = resolved(Some(LIMIT), &["burst = 5", "off"]);
    assert_eq!(actual, Ok(None));
    let actual = resolved(Some(LIMIT), &["burst = 5", "off", "on"]);
    assert_eq!(actual, Ok(Some(LIMIT.burst(5))));
    let actual = resolved(Some(LIMIT), &["off", "7/s"]);
    let expected = RateLimitConfig::new(Rate::new(7, Duration::from_secs(1)));
    assert_eq!(actual, Ok(Some(expected.burst(20).key(RateLimitKey::Peer))));
}

#[test]
fn a_name_is_interned_once() {
    let header = |config: Option<RateLimitConfig>| match config.map(|config| config.key) {
        Some(RateLimitKey::Header(name)) => name.as_ptr(),
        key => panic!("{key:?}"),
    };
    let text = ["key = header(\"x-tenant\")"];
    let first = header(resolved(Some(LIMIT), &text).expect("a key"));
    let second = header(resolved(Some(LIMIT), &text).expect("a key"));
    assert_eq!(first, second);
}

fn check<P: Settable + PartialEq + std::fmt::Debug>(base: Option<P>, text: &str, expected: P) {
    assert_eq!(resolved(base, &[text]), Ok(Some(expected)), "{text}");
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn every_key_of_every_policy_is_applied() {
    let unavailable = CodeSet::of(&[Code::Unavailable, Code::Aborted]);
    check(None, "2s", ms(2_000));
    check(
        None,
        "attempts = 5, backoff = 1ms..2ms, on(unavailable, aborted), attempt_timeout = 3ms, \
         budget = 0.5, pushback_max = 4s, chain_stop = false",
        RetryConfig::new()
            .attempts(5)
            .backoff(ms(1), ms(2))
            .on(unavailable)
            .attempt_timeout(ms(3))
            .budget(0.5)
            .pushback_max(ms(4_000))
            .chain_stop(false),
    );
    check(
        None,
        "after = p99, extra_load = 0.1",
        HedgeConfig::new().after_percentile(0.99).extra_load(0.1),
    );
    check(None, "after = 5ms", HedgeConfig::new().after(ms(5)));
    check(
        None,
        "ttl = 1s, capacity = 7, coalesce, any_metadata, stale = 2s",
        CacheConfig::new(ms(1_000))
            .capacity(7)
            .coalesce(true)
            .any_metadata(true)
            .stale(ms(2_000)),
    );
    check(
        None,
        "failures = 9, ratio = 0.25, min_calls = 3, window = 20s, slow = 1s, slow_ratio = 0.9, \
         open = 1s..2s, probes = 4, on(unavailable, aborted)",
        BreakerConfig::new()
            .failures(9)
            .ratio(0.25)
            .min_calls(3)
            .window(ms(20_000))
            .slow(ms(1_000))
            .slow_ratio(0.9)
            .open_range(ms(1_000), ms(2_000))
            .probes(4)
            .failures_on(unavailable),
    );
    check(None, "failures = 5", BreakerConfig::consecutive(5));
    check(
        None,
        "window = 50, min_calls = 50",
        BreakerConfig::new().window_calls(50).min_calls(50),
    );
    check(
        None,
        "k = 3.0, window = 20s, min_calls = 5, on(unavailable, aborted)",
        ThrottleConfig::new()
            .k(3.0)
            .window(ms(20_000))
            .min_calls(5)
            .failures_on(unavailable),
    );
    check(
        None,
        "64, queue = 16, wait = 50ms",
        ConcurrencyConfig::new(64).queue(16).wait(ms(50)),
    );
    check(
        None,
        "adaptive, algorithm = vegas, min = 2, max = 9",
        ConcurrencyConfig::adaptive()
            .algorithm(AdaptiveLimit::Vegas)
            .min(2)
            .max(9),
    );
    check(None, "cpu = 0.5", ShedConfig::new().cpu(0.5));
}

#[test]
fn a_fixed_and_an_adaptive_limit_replace_each_other() {
    let fixed = ConcurrencyConfig::new(64).queue(16);
    check(
        Some(fixed),
        "adaptive, max = 50",
        ConcurrencyConfig::adaptive().max(50).queue(16),
    );
    check(
        Some(ConcurrencyConfig::adaptive().max(50).queue(16)),
        "64",
        ConcurrencyConfig::new(64).queue(16),
    );
    let both = resolved(Some(fixed), &["8, adaptive"]);
    assert_eq!(
        both,
        Err("`it`: a limit is either a number or adaptive".to_owned())
    );
    let algorithm = resolved(Some(fixed), &["algorithm = vegas"]);
    let rule = "`it`: `algorithm` has no effect without `adaptive`";
    assert_eq!(algorithm, Err(rule.to_owned()));
}

#[test]
fn declared_values_that_are_not_overridden_stay() {
    let cache = CacheConfig::new(ms(1)).coalesce(true).stale(ms(2));
    check(
        Some(cache),
        "ttl = 5s",
        CacheConfig::new(ms(5_000)).coalesce(true).stale(ms(2)),
    );
    let breaker = BreakerConfig::consecutive(5).probes(1);
    check(
        Some(breaker),
        "failures = 7",
        BreakerConfig::consecutive(7).probes(1),
    );
    check(Some(breaker), "on", breaker);
}

#[test]
fn a_fallback_needs_a_declared_function() {
    let on = CodeSet::of(&[Code::Internal]);
    let base = CodeSet::of(&[Code::Unavailable]);
    check(Some(base), "on(internal)", on);
    check(Some(base), "on", base);
    let none = resolved::<CodeSet>(None, &["on(internal)"]);
    assert_eq!(none, Err("`it`: `fallback` names no function".to_owned()));
}

#[test]
fn window_applies_to_the_default_ratio_of_a_breaker() {
    let expected = BreakerConfig::new().failures(5).window(ms(20_000));
    check(
        Some(BreakerConfig::new()),
        "failures = 5, window = 20s",
        expected,
    );
    let alone = resolved::<BreakerConfig>(None, &["failures = 5, window = 20s"]);
    let rule = "`it`: `window` has no effect on `failures`, which counts consecutive failures";
    assert_eq!(alone, Err(rule.to_owned()));
}

/// Checks that the values of a policy, printed and parsed, build the same policy.
fn round_trip<P: Settable + PartialEq + std::fmt::Debug>(config: P) {
    let origin = Origin::Default;
    let patches = config.values().into_iter().map(|(name, value)| {
        let key = P::policy().key(name).expect(name);
        let text = value.to_string();
        let parsed = key.kind.read(name, &text, key.example).expect(&text);
        assert_eq!(parsed, value, "{name}");
        KeyPatch {
            key,
            value,
            origin: origin.clone(),
        }
    });
    let patches: Vec<KeyPatch> = patches.collect();
    assert_eq!(P::build(None, &KeyValues(&patches)), Some(config));
}

#[test]
fn values_of_a_policy_build_the_same_policy() {
    round_trip(ms(7));
    round_trip(RetryConfig::new().attempt_timeout(ms(3)).budget(0.75));
    round_trip(HedgeConfig::new().after(ms(3)));
    round_trip(HedgeConfig::new().after_percentile(0.999));
    round_trip(CacheConfig::new(ms(3)).stale(ms(4)).coalesce(true));
    round_trip(BreakerConfig::new().slow(ms(5)).slow_ratio(0.7));
    round_trip(BreakerConfig::new().failures_on(CodeSet::of(&[Code::Internal])));
    round_trip(BreakerConfig::consecutive(5));
    round_trip(BreakerConfig::consecutive(5).slow(ms(1)).window_calls(100));
    round_trip(ThrottleConfig::new().k(1.5));
    let total = Rate::new(1_000, Duration::from_secs(60));
    round_trip(LIMIT.cost(2).total(total).max_keys(9));
    round_trip(LIMIT.wait(ms(9)).key(RateLimitKey::Header("x-tenant")));
    round_trip(ConcurrencyConfig::new(5).queue(1));
    round_trip(ConcurrencyConfig::adaptive().algorithm(AdaptiveLimit::Aimd));
    round_trip(ShedConfig::new().cpu(0.25));
}

#[test]
fn the_grammar_and_the_policies_have_the_same_defaults() {
    fn check<P: Settable>(config: P) {
        let values = config.values();
        for key in P::policy().keys {
            let Some(expected) = default(P::policy(), key.name) else {
                continue;
            };
            let value = values.iter().find(|(name, _)| *name == key.name);
            if let Some((_, value)) = value {
                assert_eq!(*value, expected, "{}.{}", P::NAME, key.name);
            }
        }
    }
    check(RetryConfig::new());
    check(CacheConfig::new(ms(1)));
    check(BreakerConfig::new().slow(ms(1)));
    check(ThrottleConfig::new());
    check(RateLimitConfig::new(Rate::new(1, ms(1))));
    check(ConcurrencyConfig::new(1));
    check(ShedConfig::new());
}
