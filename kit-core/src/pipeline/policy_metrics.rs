//! Metrics of policies, in the Prometheus text format.
//!
//! ```text
//! rpc_server_refusals_total{rpc_service="pb.Add",rpc_method="Sum",policy="rate_limit",reason="rate_exceeded"} 7
//! rpc_client_policy_state_changes_total{rpc_service="pb.Add",rpc_method="Sum",policy="breaker",from="closed",to="open"} 2
//! rpc_client_breakers{rpc_service="pb.Add",rpc_method="Sum",state="open"} 1
//! rpc_server_concurrency_limit{rpc_service="pb.Add",rpc_method="Sum"} 64
//! rpc_server_concurrency_in_flight{rpc_service="pb.Add",rpc_method="Sum"} 64
//! rpc_server_concurrency_queued{rpc_service="pb.Add",rpc_method="Sum"} 3
//! rpc_server_rate_limit_queued{rpc_service="pb.Add",rpc_method="Sum"} 5
//! rpc_server_shared_rate_limits{rpc_service="pb.Add",rpc_method="Sum",judge="store"} 1
//! rpc_server_rate_limit_fallbacks_total{rpc_service="pb.Add",rpc_method="Sum"} 40
//! rpc_client_retries_total{rpc_service="pb.Add",rpc_method="Sum"} 12
//! rpc_client_retries_given_up_total{rpc_service="pb.Add",rpc_method="Sum",reason="budget"} 3
//! rpc_client_hedges_total{rpc_service="pb.Add",rpc_method="Sum"} 9
//! rpc_client_hedges_won_total{rpc_service="pb.Add",rpc_method="Sum"} 6
//! rpc_client_hedges_unpaid_total{rpc_service="pb.Add",rpc_method="Sum"} 1
//! rpc_client_cache_lookups_total{rpc_service="pb.Add",rpc_method="Sum",result="hit"} 900
//! rpc_client_cache_coalesced_total{rpc_service="pb.Add",rpc_method="Sum"} 20
//! rpc_client_cache_entries{rpc_service="pb.Add",rpc_method="Sum"} 100
//! rpc_client_fallbacks_total{rpc_service="pb.Add",rpc_method="Sum"} 4
//! rpc_client_fallbacks_failed_total{rpc_service="pb.Add",rpc_method="Sum"} 1
//! ```
//!
//! The series of a policy start at zero when the policy is created, so that
//! `rate()` sees the first increment. Families with many label values (refusals,
//! changes of state) have only the series that occurred.
//!
//! Plain functions have no other metrics. Their policies are created by the first
//! call, so their series start then.

use std::fmt::{self, Write as _};

use crate::model::side::Side;
use crate::model::status::refusal::RefusalReason;
use crate::pipeline::counters::policies_snapshot;
use crate::policy::support::changes::StateChanges;
use crate::policy::{ConcurrencySnapshot, PolicySnapshot};
use crate::telemetry::metrics::format::{escaped, head};
use crate::telemetry::metrics::{Place, Section};

inventory::submit! {
    Section {
        place: Place::Policies,
        write: |out| collect(out, &policies_snapshot()),
    }
}

/// Adds the families of both sides.
fn collect(out: &mut String, snapshots: &[PolicySnapshot]) {
    for (side, name) in [(Side::Server, "server"), (Side::Client, "client")] {
        let of_side: Vec<_> = snapshots
            .iter()
            .filter(|snapshot| snapshot.side == side)
            .map(|snapshot| (labels(snapshot), snapshot))
            .collect();
        for family in &FAMILIES {
            // Writing to a string can't fail.
            let _ = family.write(out, name, &of_side);
        }
    }
}

/// A metric family. It is left out if no method has a series of it.
struct Family {
    /// The name after `rpc_server_` or `rpc_client_`.
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    rows: fn(&PolicySnapshot) -> Rows,
}

/// The series of one method: labels in addition to those of the method, and value.
type Rows = Vec<(String, u64)>;

const FAMILIES: [Family; 19] = [
    counter(
        "refusals_total",
        "Calls that a policy refused, by policy and reason.",
        refusals,
    ),
    counter(
        "policy_state_changes_total",
        "State changes of policies, by policy and states.",
        state_changes,
    ),
    gauge("breakers", "Breakers, by state.", |of| {
        let states = of.breakers.iter();
        by_label("state", states.map(|(state, count)| (state.name(), *count)))
    }),
    gauge("concurrency_limit", "Limit of concurrent calls.", |of| {
        concurrency(of, |limits| limits.limit)
    }),
    gauge(
        "concurrency_in_flight",
        "Calls in flight under a concurrency limit.",
        |of| concurrency(of, |limits| limits.in_flight),
    ),
    gauge(
        "concurrency_queued",
        "Calls queued by a concurrency limit.",
        |of| concurrency(of, |limits| limits.queued),
    ),
    gauge("rate_limit_queued", "Calls queued by a rate limit.", |of| {
        one(of.rate_limit_queued)
    }),
    gauge(
        "shared_rate_limits",
        "Rate limits shared with other processes, by where calls are counted: in the store, or in this process while the store is unavailable.",
        shared_limits,
    ),
    counter(
        "rate_limit_fallbacks_total",
        "Calls that a shared rate limit counted in this process because its store was unavailable.",
        |of| {
            let shared = of.shared_limits.is_some() || of.limited_locally > 0;
            one(shared.then_some(of.limited_locally))
        },
    ),
    counter("retries_total", "Attempts after the first.", |of| {
        one(of.retry.as_ref().map(|retry| retry.retries))
    }),
    counter(
        "retries_given_up_total",
        "Retryable failures that were not retried, by reason.",
        |of| {
            let gave_up = of.retry.iter().flat_map(|retry| &retry.gave_up);
            by_label(
                "reason",
                gave_up.map(|(reason, count)| (reason.name(), *count)),
            )
        },
    ),
    counter(
        "hedges_total",
        "Second requests sent for slow calls.",
        |of| one(of.hedge.map(|hedge| hedge.fired)),
    ),
    counter(
        "hedges_won_total",
        "Second requests whose response came first.",
        |of| one(of.hedge.map(|hedge| hedge.won)),
    ),
    counter(
        "hedges_unpaid_total",
        "Slow calls without a second request because the budget was spent.",
        |of| one(of.hedge.map(|hedge| hedge.unpaid)),
    ),
    counter(
        "cache_lookups_total",
        "Cache lookups, by result; `bypass` is a call that skipped the cache.",
        cache_lookups,
    ),
    counter(
        "cache_coalesced_total",
        "Cache misses that waited for the response to an identical call.",
        |of| one(of.cache.map(|cache| cache.joined)),
    ),
    gauge("cache_entries", "Cached responses.", |of| {
        one(of.cache.map(|cache| cache.entries as u64))
    }),
    counter("fallbacks_total", "Failures passed to a fallback.", |of| {
        one(of.fallback.map(|fallback| fallback.invoked))
    }),
    counter(
        "fallbacks_failed_total",
        "Failures whose fallback failed as well.",
        |of| one(of.fallback.map(|fallback| fallback.failed)),
    ),
];

const fn counter(
    name: &'static str,
    help: &'static str,
    rows: fn(&PolicySnapshot) -> Rows,
) -> Family {
    Family {
        name,
        kind: "counter",
        help,
        rows,
    }
}

const fn gauge(
    name: &'static str,
    help: &'static str,
    rows: fn(&PolicySnapshot) -> Rows,
) -> Family {
    Family {
        kind: "gauge",
        ..counter(name, help, rows)
    }
}

impl Family {
    fn write(
        &self,
        out: &mut String,
        side: &str,
        methods: &[(String, &PolicySnapshot)],
    ) -> fmt::Result {
        let name = format!("rpc_{side}_{}", self.name);
        let mut first = true;
        for (labels, method) in methods {
            for (extra_labels, value) in (self.rows)(method) {
                if std::mem::take(&mut first) {
                    head(out, &name, self.kind, self.help)?;
                }
                writeln!(out, "{name}{{{labels}{extra_labels}}} {value}")?;
            }
        }
        Ok(())
    }
}

/// One series, if there is a value.
fn one(value: Option<u64>) -> Rows {
    value
        .map(|value| (String::new(), value))
        .into_iter()
        .collect()
}

/// A series for each value of a label.
fn by_label(label: &str, counts: impl IntoIterator<Item = (&'static str, u64)>) -> Rows {
    let row = |(value, count)| (format!(",{label}=\"{value}\""), count);
    counts.into_iter().map(row).collect()
}

fn refusals(of: &PolicySnapshot) -> Rows {
    let row = |(reason, count): &(RefusalReason, u64)| {
        let (policy, reason) = (reason.policy().name(), reason.name());
        let labels = format!(",policy=\"{policy}\",reason=\"{reason}\"");
        (labels, *count)
    };
    of.refused.iter().map(row).collect()
}

fn state_changes(of: &PolicySnapshot) -> Rows {
    let row = |changes: &StateChanges| {
        let (policy, from, to) = (changes.policy.name(), changes.from, changes.to);
        let labels = format!(",policy=\"{policy}\",from=\"{from}\",to=\"{to}\"");
        (labels, changes.count)
    };
    of.state_changes.iter().map(row).collect()
}

fn concurrency(of: &PolicySnapshot, part: fn(&ConcurrencySnapshot) -> u64) -> Rows {
    one(of.concurrency.as_ref().map(part))
}

fn shared_limits(of: &PolicySnapshot) -> Rows {
    let Some(limits) = of.shared_limits else {
        return Vec::new();
    };
    by_label(
        "judge",
        [("store", limits.shared), ("process", limits.local)],
    )
}

fn cache_lookups(of: &PolicySnapshot) -> Rows {
    let Some(cache) = of.cache else {
        return Vec::new();
    };
    let results = [
        ("hit", cache.fresh),
        ("stale", cache.stale),
        ("miss", cache.missed),
        ("bypass", cache.passed),
    ];
    by_label("result", results)
}

fn labels(method: &PolicySnapshot) -> String {
    format!(
        "rpc_service=\"{}\",rpc_method=\"{}\"",
        escaped(method.service),
        escaped(method.method)
    )
}
