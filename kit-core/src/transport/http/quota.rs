//! The headers of an exhausted rate limit.
//!
//! `RateLimit-Policy: "default";q=100;w=10` and `RateLimit: "default";r=0;t=3`
//! follow the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10). Only
//! refusals have them: a caller within its limit does not need them on every
//! response.

use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::model::status::refusal::Quota;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Writes both headers.
pub(super) fn write(headers: &mut HeaderMap, quota: Quota) {
    let (calls, window) = in_seconds(quota);
    let policy = format!("\"default\";q={calls};w={window}");
    let (left, reset) = (quota.remaining, seconds(quota.reset));
    let limit = format!("\"default\";r={left};t={reset}");
    for (name, value) in [(POLICY, policy), (LIMIT, limit)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// The calls of a window and its length in whole seconds, the only unit of the
/// header: a window below a second is converted to one second.
fn in_seconds(quota: Quota) -> (u64, u64) {
    let one = Duration::from_secs(1).as_nanos();
    let window = quota.window.as_nanos();
    if window == 0 || window >= one {
        return (quota.limit, seconds(quota.window));
    }
    let calls = u128::from(quota.limit) * one / window;
    (u64::try_from(calls).unwrap_or(u64::MAX), 1)
}

/// Rounded up, so that no caller retries too soon.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(limit: u64, window: u64, reset: u64) -> (String, String) {
        let mut headers = HeaderMap::new();
        let quota = Quota {
            limit,
            window: Duration::from_millis(window),
            remaining: 0,
            reset: Duration::from_millis(reset),
        };
        write(&mut headers, quota);
        let text = |name| headers[name].to_str().expect("it is text").to_owned();
        (text(POLICY), text(LIMIT))
    }

    #[test]
    fn windows_and_waits_are_whole_seconds() {
        let check = |(limit, window, reset), policy: &str, left: &str| {
            let expected = (policy.to_owned(), left.to_owned());
            assert_eq!(fields(limit, window, reset), expected);
        };
        check(
            (100, 10_000, 2_500),
            "\"default\";q=100;w=10",
            "\"default\";r=0;t=3",
        );
        check((5, 500, 100), "\"default\";q=10;w=1", "\"default\";r=0;t=1");
        check((7, 1_500, 0), "\"default\";q=7;w=2", "\"default\";r=0;t=0");
    }
}
