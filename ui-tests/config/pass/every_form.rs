//! Values of a file override those of the attributes.

#![deny(warnings)]

use std::time::Duration;

use kit::policy::SidePolicies;
use kit::policy::breaker::BreakerConfig;
use kit::policy::concurrency::ConcurrencyConfig;
use kit::policy::rate_limit::{Rate, RateLimitConfig};
use kit::policy::retry::RetryConfig;

const FIRST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(2);

/// A shop.
#[kit::service(name = "ui.Shop", config = "config/pass/every_form.toml")]
#[timeout("2s")]
pub trait Shop {
    /// Asks for a price.
    #[endpoint(get = "/price")]
    #[retry(attempts = 3, backoff = FIRST..LONGEST)]
    #[breaker(failures = 5)]
    async fn price(&self, item: u32) -> Result<u32, kit::Status>;

    /// Buys.
    #[endpoint(post = "/buy")]
    #[rate_limit("100/s")]
    #[shed]
    async fn buy(&self, item: u32) -> Result<u32, kit::Status>;

    /// Named like a keyword of Rust.
    async fn r#type(&self) -> Result<u32, kit::Status>;
}

mod vendored {
    pub(super) use ::kit as same;
}

/// A trait whose methods are not in the file, with kit under another path.
#[kit::service(
    crate = vendored::same,
    name = "ui.Other",
    config = "config/pass/no_values.toml"
)]
pub trait Other {
    /// Does nothing.
    async fn nothing(&self) -> Result<(), kit::Status>;
}

pub fn main() {
    let [price, buy, r#type] = shop::DESCRIPTOR.methods else {
        panic!("three methods");
    };
    let client = SidePolicies::NONE
        .timeout(Duration::from_millis(500))
        .retry(RetryConfig::new().attempts(5).backoff(FIRST, LONGEST))
        .breaker(BreakerConfig::new().failures(5).ratio(0.25));
    assert_eq!(price.meta.policies.client, client);
    let server = SidePolicies::NONE
        .timeout(Duration::from_secs(1))
        .concurrency(ConcurrencyConfig::new(64).queue(16));
    assert_eq!(price.meta.policies.server, server);
    let limit = RateLimitConfig::new(Rate::new(7, Duration::from_secs(60)));
    let server = SidePolicies::NONE
        .timeout(Duration::from_secs(1))
        .rate_limit(limit);
    assert_eq!(buy.meta.policies.server, server);
    assert_eq!(r#type.meta.policies.client, SidePolicies::NONE);
    assert_eq!(r#type.meta.policies.server, SidePolicies::NONE);
    assert_eq!(price.meta.compiled.file, "config/pass/every_form.toml");
    let [nothing] = other::DESCRIPTOR.methods else {
        panic!("one method");
    };
    assert_eq!(nothing.meta.compiled.values, []);
}
