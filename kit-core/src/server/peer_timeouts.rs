//! Timeouts of a peer that is slow or idle.
//!
//! The wait for the next request begins with each response, and a clock reading
//! per response would be costly. So a connection reads the clock only a few times
//! per idle timeout, and takes the last reading as the start of an idle period that
//! has begun since: an idle connection may close early by one such interval.

use std::time::Duration;

use tokio::time::Instant;

use crate::server::activity::{Activity, Wait};
use crate::transport::Limits;

/// The number of clock readings of a connection per idle timeout. An idle
/// connection may be closed earlier than its limit by this fraction of it.
const CHECKS: u32 = 8;

/// The current wait of a connection and its start.
pub(crate) struct PeerTimeouts {
    /// Whether bytes that are not a request yet count as an incomplete head.
    /// Not on an HTTP/2 connection, where they may be pings and settings.
    tracks_heads: bool,
    wait: Option<Wait>,
    since: Instant,
    last_check: Instant,
    /// When an idle connection began to close.
    closing: Option<Instant>,
}

impl PeerTimeouts {
    pub(crate) fn http1(accepted: Instant) -> Self {
        Self {
            tracks_heads: true,
            // The first bytes have arrived, and the time for the head runs
            // from when the connection was accepted.
            wait: Some(Wait::Head),
            since: accepted,
            last_check: accepted,
            closing: None,
        }
    }

    pub(crate) fn http2(accepted: Instant) -> Self {
        Self {
            tracks_heads: false,
            wait: None,
            since: accepted,
            last_check: accepted,
            closing: None,
        }
    }

    pub(crate) fn current_wait(&mut self, activity: &Activity) -> Option<Wait> {
        let wait = match activity.wait() {
            Some(Wait::Head) if !self.tracks_heads => Some(Wait::Request(activity.started())),
            wait => wait,
        };
        if wait.is_none() {
            self.wait = None;
        }
        wait
    }

    /// Whether the start of a wait is known, or may be taken to be the last
    /// reading of the clock.
    pub(crate) fn has_known_start(&mut self, wait: Wait) -> bool {
        if self.wait == Some(wait) {
            return true;
        }
        let begins_idle = matches!(wait, Wait::Request(_)) && self.closing.is_none();
        if begins_idle {
            self.wait = Some(wait);
            self.since = self.last_check;
        }
        begins_idle
    }

    /// The time of the next clock reading, unless a timeout is due earlier.
    pub(crate) fn next_check(&self, limits: &Limits) -> Instant {
        let regular = after(self.last_check, limits.idle_timeout / CHECKS);
        match self.wait {
            Some(Wait::Head) => regular.min(after(self.since, limits.header_timeout)),
            _ => regular,
        }
    }

    /// When the wait times out.
    pub(crate) fn due(&mut self, wait: Wait, now: Instant, limits: &Limits) -> Instant {
        self.last_check = now;
        if self.wait != Some(wait) {
            self.wait = Some(wait);
            self.since = now;
        }
        match (wait, self.closing) {
            (Wait::Head, _) => after(self.since, limits.header_timeout),
            (Wait::Peer(_), _) => after(self.since, limits.write_timeout),
            (Wait::Request(_), None) => after(self.since, limits.idle_timeout),
            (Wait::Request(_), Some(since)) => after(since, limits.http2.keep_alive_timeout),
        }
    }

    /// Whether a connection that timed out may close gracefully first.
    pub(crate) fn may_close_gracefully(&mut self, wait: Wait, now: Instant) -> bool {
        let idle = matches!(wait, Wait::Request(_)) && self.closing.is_none();
        if idle {
            self.closing = Some(now);
        }
        idle
    }
}

/// The instant after a limit, which may be too long for the clock to hold.
fn after(instant: Instant, limit: Duration) -> Instant {
    const NEVER: Duration = Duration::from_secs(86_400 * 365 * 30);
    instant + limit.min(NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            idle_timeout: Duration::from_secs(80),
            header_timeout: Duration::from_secs(15),
            ..Limits::default()
        }
    }

    #[test]
    fn an_idle_period_is_timed_from_the_last_check() {
        let (start, limits) = (Instant::now(), limits());
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut timeouts = PeerTimeouts::http1(start);
        assert_eq!(timeouts.next_check(&limits), after(10));
        assert_eq!(timeouts.due(Wait::Head, after(10), &limits), after(15));

        assert!(timeouts.has_known_start(Wait::Request(1)));
        assert_eq!(timeouts.next_check(&limits), after(20));
        assert_eq!(
            timeouts.due(Wait::Request(1), after(20), &limits),
            after(90)
        );
        assert!(timeouts.has_known_start(Wait::Request(1)));
        assert!(timeouts.has_known_start(Wait::Request(2)));
        assert_eq!(
            timeouts.due(Wait::Request(2), after(30), &limits),
            after(100)
        );
    }

    #[test]
    fn a_partial_request_is_timed_from_when_it_stalls() {
        let (start, limits) = (Instant::now(), limits());
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut timeouts = PeerTimeouts::http1(start);
        assert!(timeouts.has_known_start(Wait::Request(1)));
        assert!(!timeouts.has_known_start(Wait::Head));
        assert_eq!(timeouts.due(Wait::Head, after(4), &limits), after(19));
        assert!(timeouts.has_known_start(Wait::Head));
        assert!(!timeouts.has_known_start(Wait::Peer(0)));
        assert_eq!(timeouts.due(Wait::Peer(0), after(5), &limits), after(35));
    }
}
