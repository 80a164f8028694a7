//! A hit in the caches that others use.

use std::time::Duration;

use crate::Case;
use crate::run::{Measured, Run};

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "moka" => moka,
        "quick-cache" => quick_cache,
        _ => return None,
    })
}

/// With a time to live, as kit's has.
fn moka(run: Run) -> Measured {
    let cache = &moka::sync::Cache::builder()
        .max_capacity(1_000)
        .time_to_live(Duration::from_secs(86_400))
        .build();
    cache.insert(21_i64, 42_i64);
    run.calls(|| || cache.get(&21) == Some(42))
}

/// Which knows no time.
fn quick_cache(run: Run) -> Measured {
    let cache = &quick_cache::sync::Cache::new(1_000);
    cache.insert(21_i64, 42_i64);
    run.calls(|| || cache.get(&21) == Some(42))
}
