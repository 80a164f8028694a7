//! What a connection's peer is slow at, and since when.
//!
//! A connection that has answered a request waits for the next, and would have
//! to look at the clock to say since when. So it looks a few times in the
//! course of the idle time, whatever happens, and takes the last look for the
//! beginning of all that has begun since.

use std::time::Duration;

use tokio::time::Instant;

use crate::server::activity::{Activity, Wait};
use crate::transport::Limits;

/// How often a connection looks at the clock in the course of its idle time,
/// which is as long as it may be or shorter by one part of so many.
const LOOKS: u32 = 8;

/// What is waited for, and since when.
pub(crate) struct PeerTimeouts {
    /// Whether bytes that are no request yet may be told from others: on an
    /// HTTP/2 connection pings and settings come and go.
    heads: bool,
    wait: Option<Wait>,
    since: Instant,
    looked: Instant,
    /// When an idle connection was asked to close.
    closing: Option<Instant>,
}

impl PeerTimeouts {
    pub(crate) fn http1(accepted: Instant) -> Self {
        Self {
            heads: true,
            // The first bytes have come, and the head's time runs since the
            // connection was accepted.
            wait: Some(Wait::Head),
            since: accepted,
            looked: accepted,
            closing: None,
        }
    }

    pub(crate) fn http2(accepted: Instant) -> Self {
        Self {
            heads: false,
            wait: None,
            since: accepted,
            looked: accepted,
            closing: None,
        }
    }

    pub(crate) fn waits_for(&mut self, activity: &Activity) -> Option<Wait> {
        let wait = match activity.wait() {
            Some(Wait::Head) if !self.heads => Some(Wait::Request(activity.begun())),
            wait => wait,
        };
        if wait.is_none() {
            self.wait = None;
        }
        wait
    }

    /// Whether a wait is known, or may be taken to have begun at the last look.
    pub(crate) fn needs_no_clock(&mut self, wait: Wait) -> bool {
        if self.wait == Some(wait) {
            return true;
        }
        let begins_idle = matches!(wait, Wait::Request(_)) && self.closing.is_none();
        if begins_idle {
            self.wait = Some(wait);
            self.since = self.looked;
        }
        begins_idle
    }

    /// When to look at the clock again, if nothing is due before.
    pub(crate) fn next_look(&self, limits: &Limits) -> Instant {
        let often = after(self.looked, limits.idle_timeout / LOOKS);
        match self.wait {
            Some(Wait::Head) => often.min(after(self.since, limits.header_timeout)),
            _ => often,
        }
    }

    /// When the wait must end.
    pub(crate) fn due(&mut self, wait: Wait, now: Instant, limits: &Limits) -> Instant {
        self.looked = now;
        if self.wait != Some(wait) {
            self.wait = Some(wait);
            self.since = now;
        }
        match (wait, self.closing) {
            (Wait::Head, _) => after(self.since, limits.header_timeout),
            (Wait::Peer(_), _) => after(self.since, limits.write_timeout),
            (Wait::Request(_), None) => after(self.since, limits.idle_timeout),
            (Wait::Request(_), Some(asked)) => after(asked, limits.http2.keep_alive_timeout),
        }
    }

    /// Whether a connection whose time is up may say goodbye first.
    pub(crate) fn may_close_gracefully(&mut self, wait: Wait, now: Instant) -> bool {
        let idle = matches!(wait, Wait::Request(_)) && self.closing.is_none();
        if idle {
            self.closing = Some(now);
        }
        idle
    }
}

/// A limit may be set so long that the clock does not reach it.
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
    fn an_idle_time_that_begins_between_two_looks_counts_from_the_first() {
        let (start, limits) = (Instant::now(), limits());
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut slowness = PeerTimeouts::http1(start);
        assert_eq!(slowness.next_look(&limits), after(10));
        assert_eq!(slowness.due(Wait::Head, after(10), &limits), after(15));

        assert!(slowness.needs_no_clock(Wait::Request(1)));
        assert_eq!(slowness.next_look(&limits), after(20));
        assert_eq!(
            slowness.due(Wait::Request(1), after(20), &limits),
            after(90)
        );
        assert!(slowness.needs_no_clock(Wait::Request(1)));
        assert!(slowness.needs_no_clock(Wait::Request(2)));
        assert_eq!(
            slowness.due(Wait::Request(2), after(30), &limits),
            after(100)
        );
    }

    #[test]
    fn whoever_stops_halfway_is_timed_from_then() {
        let (start, limits) = (Instant::now(), limits());
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut slowness = PeerTimeouts::http1(start);
        assert!(slowness.needs_no_clock(Wait::Request(1)));
        assert!(!slowness.needs_no_clock(Wait::Head));
        assert_eq!(slowness.due(Wait::Head, after(4), &limits), after(19));
        assert!(slowness.needs_no_clock(Wait::Head));
        assert!(!slowness.needs_no_clock(Wait::Peer(0)));
        assert_eq!(slowness.due(Wait::Peer(0), after(5), &limits), after(35));
    }
}
