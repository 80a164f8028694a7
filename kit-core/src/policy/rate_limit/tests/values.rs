//! Invalid configurations.

use super::*;

#[test]
fn invalid_value_is_an_error() {
    let problem = |config: RateLimitConfig| config.check().unwrap_err().problem();
    let fine = config(10, SECOND);
    let cases = [
        (config(0, SECOND), "`rate` must be at least one call"),
        (
            config(1, Duration::ZERO),
            "`rate` must be over a time longer than zero",
        ),
        (
            config(11, Duration::from_nanos(10)),
            "`rate` must be at most one call a nanosecond",
        ),
        (
            config(1, Duration::MAX),
            "`rate` must be over at most 146 years",
        ),
        (fine.burst(0), "`burst` must be at least 1"),
        (fine.cost(0), "`cost` must be at least 1"),
        (
            fine.burst(3).cost(4),
            "`cost` must be at most `burst`, or no call could ever pass",
        ),
        (
            config(1, MINUTE * 60).burst(u32::MAX),
            "`burst` must come back within 146 years",
        ),
        (fine.max_keys(0), "`max_keys` must be at least 1"),
        (
            fine.total(Rate::new(1, SECOND)),
            "`total` needs a `key`: without one, `rate` is the total",
        ),
        (
            fine.key(RateLimitKey::Peer).total(Rate::new(0, SECOND)),
            "`rate` must be at least one call",
        ),
        (
            fine.key(RateLimitKey::Peer)
                .cost(2)
                .total(Rate::new(1, SECOND)),
            "`cost` must be at most the count of `total`, or no call could ever pass",
        ),
    ];
    for (config, expected) in cases {
        assert_eq!(problem(config), expected);
    }
    assert_eq!(fine.check(), Ok(()));
}

#[test]
#[should_panic(expected = "`burst` must be at least 1")]
fn limiter_with_an_invalid_value_panics() {
    RateLimiter::new(config(1, SECOND).burst(0));
}

#[test]
fn store_names_are_in_snake_case() {
    let check = |name: &'static str| config(1, SECOND).store(RateLimitStore::Named(name)).check();
    for name in ["redis", "k_v2", "a"] {
        assert_eq!(check(name), Ok(()), "{name}");
    }
    for name in ["", "local", "Redis", "2nd", "_a", "a_", "a__b", "my-store"] {
        let problem = check(name).map_err(|invalid| invalid.problem());
        let expected = "`store` must be `local`, or the name of a shared store in snake_case";
        assert_eq!(problem, Err(expected), "{name}");
    }
}
