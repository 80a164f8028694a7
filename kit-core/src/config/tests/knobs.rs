//! The list of knobs.

use super::*;

/// The policies with knobs on a side of a method, in order.
fn policies_of(side: Side, method: &str) -> Vec<String> {
    let config = Config::new();
    let _noted = configure(&config, side);
    let place = format!("pb.Add.{method}.{}.", side.name());
    let knobs = config.knobs();
    let knobs = knobs
        .iter()
        .filter_map(|knob| knob.name.strip_prefix(&place));
    let mut policies: Vec<String> = knobs
        .filter_map(|knob| Some(knob.split_once('.')?.0.to_owned()))
        .collect();
    policies.dedup();
    policies
}

#[test]
fn each_side_lists_the_policies_that_apply_to_it() {
    let server = ["timeout", "breaker", "shed", "concurrency", "rate_limit"];
    assert_eq!(policies_of(Side::Server, "sum"), server);
    assert_eq!(policies_of(Side::Server, "concat"), server);
    // Without fallback and cache, which need their attributes. `concat` is not
    // idempotent, so it has no retry or hedge.
    assert_eq!(
        policies_of(Side::Client, "sum"),
        [
            "timeout",
            "throttle",
            "retry",
            "hedge",
            "breaker",
            "concurrency",
            "rate_limit"
        ]
    );
    assert_eq!(
        policies_of(Side::Client, "concat"),
        [
            "timeout",
            "throttle",
            "breaker",
            "concurrency",
            "rate_limit"
        ]
    );
}

#[test]
fn a_policy_is_listed_if_and_only_if_it_can_be_set() {
    for side in [Side::Server, Side::Client] {
        for method in ["sum", "concat"] {
            let knobs = policies_of(side, method);
            for policy in kit_grammar::POLICIES {
                let config = Config::new();
                let _noted = configure(&config, side);
                let key = format!("pb.Add.{method}.{}.{}", side.name(), policy.name);
                let is_set = config.set(&key, policy.example).is_ok();
                let is_knob = knobs.iter().any(|knob| knob == policy.name);
                assert_eq!(is_set, is_knob, "{key}");
            }
        }
    }
}
