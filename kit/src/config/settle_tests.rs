//! Values over what is declared, and what they mean together.

use std::time::Duration;

use super::*;
use crate::config::read::Scope;
use crate::config::told::told;
use crate::config::tree::{Content, Node};
use crate::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey};

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
    let got = over(Some(base), &["30/s"]).map(|got| got.map(|got| got.burst_size()));
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
fn what_the_policy_itself_refuses_is_a_problem_of_its_key() {
    let got = over(Some(LIMIT), &["wait = 1s", "store = redis"]);
    let problem = "`it`: `store` must be local: this build of kit has no shared one";
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
    let header = |config: Option<RateLimitConfig>| match config.map(|config| config.keyed()) {
        Some(RateLimitKey::Header(name)) => name.as_ptr(),
        key => panic!("{key:?}"),
    };
    let text = ["key = header(\"x-tenant\")"];
    let first = header(over(Some(LIMIT), &text).expect("a key"));
    let second = header(over(Some(LIMIT), &text).expect("a key"));
    assert_eq!(first, second);
}
