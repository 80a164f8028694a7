//! Values over what is declared, and what they mean together.

use std::time::Duration;

use kit_grammar::config::{Content, KeyPatch, Node, Scope, told};

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
        told: told(P::policy(), &node, "it").expect(text),
        origin,
    }
}

/// What comes of texts, the later over the earlier, or what is wrong.
pub(crate) fn over<P: Settable>(base: Option<P>, texts: &[&str]) -> Result<Option<P>, String> {
    let changes: Vec<Change> = texts.iter().map(|text| change::<P>(text)).collect();
    let changes: Vec<&Change> = changes.iter().collect();
    let declared = Declared {
        config: base,
        by_impl: false,
        compiled: &Compiled::NONE,
        side: Side::Client,
    };
    let mut problems = Vec::new();
    let settled = settle(declared, &changes, "it", &mut problems);
    match problems.first() {
        Some(problem) => Err(problem.rule().to_owned()),
        None => Ok(settled.config),
    }
}

const LIMIT: RateLimitConfig = RateLimitConfig::new(Rate::new(10, Duration::from_secs(1)))
    .burst(20)
    .key(RateLimitKey::Peer);

#[test]
fn a_key_alone_leaves_the_others() {
    let got = over(Some(LIMIT), &["burst = 5"]);
    assert_eq!(got, Ok(Some(LIMIT.burst(5))));
    let rate = Rate::new(7, Duration::from_secs(60));
    let got = over(Some(LIMIT), &["7/m"]);
    let expected = RateLimitConfig::new(rate).burst(20).key(RateLimitKey::Peer);
    assert_eq!(got, Ok(Some(expected)));
    let got = over(Some(LIMIT), &["wait = 50ms", "wait = 20ms, max_keys = 3"]);
    let expected = LIMIT.wait(Duration::from_millis(20)).max_keys(3);
    assert_eq!(got, Ok(Some(expected)));
}

#[test]
fn a_burst_that_nobody_gave_is_as_large_as_the_rate() {
    let base = RateLimitConfig::new(Rate::new(10, Duration::from_secs(1)));
    let got = over(Some(base), &["30/s"]).map(|got| got.map(|got| got.burst));
    assert_eq!(got, Ok(Some(30)));
}

#[test]
fn what_a_policy_needs_has_to_come_from_somewhere() {
    let missing = Err("`it`: `rate_limit` has no rate".to_owned());
    assert_eq!(over::<RateLimitConfig>(None, &["burst = 5"]), missing);
    assert_eq!(over::<RateLimitConfig>(None, &["on"]), missing);
    let got = over::<RateLimitConfig>(None, &["burst = 5", "10/s"]);
    let expected = RateLimitConfig::new(Rate::new(10, Duration::from_secs(1))).burst(5);
    assert_eq!(got, Ok(Some(expected)));
}

#[test]
fn a_limit_can_come_to_be_shared() {
    use crate::model::policies::rate_limit::RateLimitStore;
    for name in ["redis", "memcached"] {
        let got = over(Some(LIMIT), &["wait = 1s", &format!("store = {name}")]);
        let expected = LIMIT
            .wait(Duration::from_secs(1))
            .store(RateLimitStore::Named(name));
        assert_eq!(got, Ok(Some(expected)));
    }
    let got = over(Some(LIMIT), &["store = redis", "store = local"]);
    assert_eq!(got, Ok(Some(LIMIT)));
}

#[test]
fn a_policys_own_check_is_a_problem_of_its_key() {
    let got = over(Some(LIMIT), &["wait = 1s", "1/1000000h"]);
    let problem = "`it`: `burst` must come back within 146 years";
    assert_eq!(got, Err(problem.to_owned()));
}

#[test]
fn off_forgets_nothing() {
    let got = over(Some(LIMIT), &["burst = 5", "off"]);
    assert_eq!(got, Ok(None));
    let got = over(Some(LIMIT), &["burst = 5", "off", "on"]);
    assert_eq!(got, Ok(Some(LIMIT.burst(5))));
    let got = over(Some(LIMIT), &["off", "7/s"]);
    let expected = RateLimitConfig::new(Rate::new(7, Duration::from_secs(1)));
    assert_eq!(got, Ok(Some(expected.burst(20).key(RateLimitKey::Peer))));
}

#[test]
fn a_name_is_interned_once() {
    let header = |config: Option<RateLimitConfig>| match config.map(|config| config.key) {
        Some(RateLimitKey::Header(name)) => name.as_ptr(),
        key => panic!("{key:?}"),
    };
    let text = ["key = header(\"x-tenant\")"];
    let first = header(over(Some(LIMIT), &text).expect("a key"));
    let second = header(over(Some(LIMIT), &text).expect("a key"));
    assert_eq!(first, second);
}

fn check<P: Settable + PartialEq + std::fmt::Debug>(base: Option<P>, text: &str, expected: P) {
    assert_eq!(over(base, &[text]), Ok(Some(expected)), "{text}");
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn every_key_of_every_policy_has_its_builder() {
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
fn a_limit_takes_the_place_of_the_other_kind() {
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
    let both = over(Some(fixed), &["8, adaptive"]);
    assert_eq!(
        both,
        Err("`it`: a limit is either a number or adaptive".to_owned())
    );
    let algorithm = over(Some(fixed), &["algorithm = vegas"]);
    let rule = "`it`: `algorithm` says nothing without `adaptive`";
    assert_eq!(algorithm, Err(rule.to_owned()));
}

#[test]
fn a_base_that_is_not_given_stays() {
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
fn the_function_of_a_fallback_stays() {
    let on = CodeSet::of(&[Code::Internal]);
    let base = CodeSet::of(&[Code::Unavailable]);
    check(Some(base), "on(internal)", on);
    check(Some(base), "on", base);
    let none = over::<CodeSet>(None, &["on(internal)"]);
    assert_eq!(none, Err("`it`: `fallback` names no function".to_owned()));
}

#[test]
fn a_ratio_that_is_on_by_default_has_its_window() {
    let expected = BreakerConfig::new().failures(5).window(ms(20_000));
    check(
        Some(BreakerConfig::new()),
        "failures = 5, window = 20s",
        expected,
    );
    let alone = over::<BreakerConfig>(None, &["failures = 5, window = 20s"]);
    let rule = "`it`: `failures` counts failures in a row, of which `window` says nothing";
    assert_eq!(alone, Err(rule.to_owned()));
}

/// A policy's values, written as a text of keys, make the policy again.
fn round_trip<P: Settable + PartialEq + std::fmt::Debug>(config: P) {
    let origin = Origin::Default;
    let told = config.values().into_iter().map(|(name, value)| {
        let key = P::policy().key(name).expect(name);
        let text = value.to_string();
        let read = key.kind.read(name, &text, key.example).expect(&text);
        assert_eq!(read, value, "{name}");
        KeyPatch {
            key,
            value,
            origin: origin.clone(),
        }
    });
    let told: Vec<KeyPatch> = told.collect();
    assert_eq!(P::build(None, &KeyValues(&told)), Some(config));
}

#[test]
fn the_values_of_a_policy_are_what_makes_it() {
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
