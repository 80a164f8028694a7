//! What a policy costs beside others that do the same: the rows, and what
//! kit's own are meant to stay below.

pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// As `bench-policies` knows it.
    pub(crate) case: &'static str,
    /// Nanoseconds that a call may cost.
    pub(crate) target: Option<f64>,
}

impl Row {
    /// Whose it is, as `--only` names it.
    pub(crate) fn peer(&self) -> &'static str {
        let end = self.name.find([',', ' ']).unwrap_or(self.name.len());
        self.name[..end].trim_end_matches(':')
    }

    /// Whether threads can share it: tower's rate limit has a single owner,
    /// and tower-resilience's breaker waits for a lock, which is spinning for
    /// who is polled in place.
    pub(crate) fn is_shared(&self) -> bool {
        !matches!(
            self.case,
            "tower/rate-ok"
                | "tower-resilience/breaker-ok"
                | "tower-resilience/breaker-refuses"
                | "tower-resilience/chain"
        )
    }

    /// How many calls callgrind counts: governor's clock takes the measure of
    /// the CPU as it starts, for as long as that takes, and that must drown.
    pub(crate) fn calls(&self) -> u64 {
        if self.peer() == "governor" {
            1_000_000
        } else {
            10_000
        }
    }
}

pub(crate) fn groups() -> Vec<Group> {
    let mut groups = vec![nothing()];
    groups.extend(breakers());
    groups.extend(limiters());
    groups.extend(again());
    groups.extend([deadline(), cache(), whole()]);
    groups
}

fn nothing() -> Group {
    group(
        "no policy",
        vec![
            row("hand-written: a look at the clock", "hand/clock"),
            row("hand-written: a call that is ready", "hand/call"),
            row("kit, before a call: `Identity`", "kit/call"),
            row("kit, a client in the process", "kit/client"),
            row("tower: `service_fn`", "tower/call"),
        ],
    )
}

fn breakers() -> [Group; 3] {
    [
        group(
            "breaker, closed",
            vec![
                row("hand-written", "hand/breaker-ok"),
                row("kit, alone", "kit/breaker-ok").within(20.0),
                row("kit, before a call", "kit/breaker-ok-call"),
                row("kit, declared", "kit/client-breaker"),
                row("failsafe", "other/failsafe-ok"),
                row("tower-resilience", "tower-resilience/breaker-ok"),
            ],
        ),
        group(
            "breaker, open",
            vec![
                row("hand-written", "hand/breaker-refuses"),
                row("kit, alone", "kit/breaker-refuses").within(5.0),
                row("kit, before a call", "kit/breaker-refuses-call"),
                row("failsafe", "other/failsafe-refuses"),
                row("tower-resilience", "tower-resilience/breaker-refuses"),
            ],
        ),
        group(
            "throttle, shedding",
            vec![
                row("kit, throttle alone", "kit/throttle-ok"),
                row("kit, throttle before a call", "kit/throttle-ok-call"),
                row("kit, shed alone", "kit/shed"),
                row("kit, shed before a call", "kit/shed-call"),
                row("tower: `LoadShed`, `poll_ready` only", "tower/load-shed"),
            ],
        ),
    ]
}

fn limiters() -> [Group; 5] {
    [
        group(
            "rate limit, allowed",
            vec![
                row("hand-written", "hand/rate-ok"),
                row("kit, alone", "kit/rate-ok").within(25.0),
                row("kit, before a call", "kit/rate-ok-call"),
                row("kit, declared", "kit/client-rate"),
                row("governor", "other/governor-ok"),
                row("tower", "tower/rate-ok"),
                row("tower-resilience", "tower-resilience/rate-ok"),
            ],
        ),
        group(
            "rate limit, refused",
            vec![
                row("hand-written", "hand/rate-refuses"),
                row("kit, alone", "kit/rate-refuses").within(25.0),
                row("kit, before a call", "kit/rate-refuses-call"),
                row("governor", "other/governor-refuses"),
                row("tower-resilience", "tower-resilience/rate-refuses"),
            ],
        ),
        group(
            "rate limit, 10,000 keys",
            vec![
                row("kit, alone", "kit/rate-keyed").within(60.0),
                row("kit, before a call", "kit/rate-keyed-call"),
                row("governor", "other/governor-keyed"),
            ],
        ),
        group(
            "concurrency",
            vec![
                row("hand-written", "hand/concurrency"),
                row("kit, alone", "kit/concurrency").within(15.0),
                row("kit, before a call", "kit/concurrency-call"),
                row("kit, declared", "kit/client-concurrency"),
                row("tokio: `Semaphore`", "other/tokio-semaphore"),
                row("tower", "tower/concurrency"),
                row("tower-resilience", "tower-resilience/concurrency"),
            ],
        ),
        group(
            "concurrency, adaptive by gradient",
            vec![
                row("kit, alone", "kit/concurrency-adaptive"),
                row("kit, before a call", "kit/concurrency-adaptive-call"),
                row("tower-resilience", "tower-resilience/concurrency-adaptive"),
            ],
        ),
    ]
}

fn again() -> [Group; 3] {
    [
        group(
            "retry, the first attempt succeeds",
            vec![
                row("kit, alone", "kit/retry").within(15.0),
                row("kit, before a call", "kit/retry-call"),
                row("kit, declared", "kit/client-retry"),
                row("tower, with its budget", "tower/retry"),
                row(
                    "tower-resilience, with its budget",
                    "tower-resilience/retry",
                ),
            ],
        ),
        group(
            "retry budget, earned and spent",
            vec![
                row("hand-written", "hand/budget"),
                row("kit, alone", "kit/budget"),
                row("tower", "tower/budget"),
            ],
        ),
        group(
            "hedge, the first try is ready",
            vec![
                row("kit, alone", "kit/hedge"),
                row("kit, before a call", "kit/hedge-call"),
                row("kit, declared", "kit/client-hedge"),
                row("tower-resilience", "tower-resilience/hedge"),
            ],
        ),
    ]
}

fn deadline() -> Group {
    group(
        "timeout",
        vec![
            row("kit, declared", "kit/client-timeout"),
            row("tokio: `timeout`", "other/tokio-timeout"),
            row("tower", "tower/timeout"),
            row("tower-resilience", "tower-resilience/timeout"),
            row("kit, a client, pending once", "kit/client-pending"),
            row("kit, declared, pending once", "kit/client-timeout-pending"),
            row(
                "tokio: `timeout`, pending once",
                "other/tokio-timeout-pending",
            ),
        ],
    )
}

fn cache() -> Group {
    group(
        "cache hit; fallback not needed",
        vec![
            row("kit, cache alone", "kit/cache").within(40.0),
            row("kit, cache before a call", "kit/cache-call"),
            row("kit, cache declared", "kit/client-cache"),
            row("quick_cache, no time to live", "cache/quick-cache"),
            row("moka, with a time to live", "cache/moka"),
            row("kit, fallback before a call", "kit/fallback-call"),
        ],
    )
}

fn whole() -> Group {
    group(
        "whole chain: retry, breaker, rate limit, concurrency",
        vec![
            row("hand-written, with a deadline", "hand/chain"),
            row("kit, before a call", "kit/chain-call").within(200.0),
            row(
                "kit, declared, with timeout, metrics and context",
                "kit/client-chain",
            )
            .within(200.0),
            row("tower, timeout, retry and concurrency only", "tower/chain"),
            row("tower-resilience, with timeout", "tower-resilience/chain"),
        ],
    )
}

fn group(title: &'static str, rows: Vec<Row>) -> Group {
    Group { title, rows }
}

fn row(name: &'static str, case: &'static str) -> Row {
    Row {
        name,
        case,
        target: None,
    }
}

impl Row {
    fn within(self, nanoseconds: f64) -> Self {
        Self {
            target: Some(nanoseconds),
            ..self
        }
    }
}
