//! Retries at several levels of a call tree: they multiply, unless a failed
//! retry is not retried above.
//!
//! Three services call each other in a chain down to one that is unavailable,
//! and each makes up to three attempts.

use kit::policy::retry::{Retry, RetryConfig};
use kit::prelude::*;
use kit::{Chain, Endpoint};

use super::page::hold_table;
use super::world::{Shape, Trouble, simulate};

const CALLS: usize = 100;

/// Requests at the bottom of the chain per call at its top.
fn requests_per_call(config: RetryConfig) -> f64 {
    simulate(async |world| {
        let bottom = Shape {
            trouble: |_| Trouble::Failing,
            ..Shape::new(1, 1..2)
        };
        let bottom = bottom.start(world);
        let floor = || Retry::new(config);
        let third = Chain::new(floor(), bottom.clone());
        let second = Chain::new(floor(), third);
        let first = Chain::new(floor(), second);
        for _ in 0..CALLS {
            assert!(first.call(&Context::new(), ()).await.is_err());
        }
        bottom.requests(0..u64::MAX) as f64 / CALLS as f64
    })
}

#[test]
fn three_attempts_at_three_levels_make_7_requests_not_27() {
    let naive = RetryConfig::new().budget(2.0);
    let free = requests_per_call(naive.chain_stop(false));
    let stopped = requests_per_call(naive);
    assert_eq!(free, 27.0, "3 × 3 × 3");
    assert_eq!(stopped, 7.0, "1 + 2 + 2 + 2");
    let row = |policy: &str, requests: f64| vec![policy.to_owned(), requests.to_string()];
    hold_table(
        "floors",
        &["", "requests at the bottom per call at the top"],
        &[
            row("3 attempts on each floor", free),
            row("with chain stop (the default)", stopped),
        ],
    );
}
