//! The policies' part of the Prometheus text.
//!
//! ```text
//! rpc_server_refusals_total{rpc_service="pb.Add",rpc_method="Sum",policy="rate_limit",reason="rate_exceeded"} 7
//! rpc_client_policy_state_changes_total{rpc_service="pb.Add",rpc_method="Sum",policy="breaker",from="closed",to="open"} 2
//! rpc_client_breakers{rpc_service="pb.Add",rpc_method="Sum",state="open"} 1
//! rpc_server_concurrency_limit{rpc_service="pb.Add",rpc_method="Sum"} 64
//! rpc_server_concurrency_in_flight{rpc_service="pb.Add",rpc_method="Sum"} 64
//! rpc_server_concurrency_queued{rpc_service="pb.Add",rpc_method="Sum"} 3
//! rpc_server_shared_rate_limits{rpc_service="pb.Add",rpc_method="Sum",judge="store"} 1
//! rpc_server_rate_limit_fallbacks_total{rpc_service="pb.Add",rpc_method="Sum"} 40
//! ```

use std::fmt::Write as _;

use super::Side;
use super::text::{escaped, head};
use crate::policy::{ConcurrencySnapshot, PolicySnapshot};

/// Adds the families of both sides.
pub(super) fn collect(out: &mut String, snapshots: &[PolicySnapshot]) {
    for (side, name) in [(Side::Server, "server"), (Side::Client, "client")] {
        let of_side: Vec<_> = snapshots
            .iter()
            .filter(|snapshot| snapshot.side == side)
            .map(|snapshot| (labels(snapshot), snapshot))
            .collect();
        // Writing to a string can't fail.
        let _ = refusals(out, name, &of_side)
            .and_then(|()| state_changes(out, name, &of_side))
            .and_then(|()| breakers(out, name, &of_side))
            .and_then(|()| concurrency(out, name, &of_side))
            .and_then(|()| shared_limits(out, name, &of_side))
            .and_then(|()| fallbacks(out, name, &of_side));
    }
}

type Labelled<'a> = (String, &'a PolicySnapshot);

fn refusals(out: &mut String, side: &str, methods: &[Labelled<'_>]) -> std::fmt::Result {
    let name = format!("rpc_{side}_refusals_total");
    let mut first = true;
    for (labels, method) in methods {
        for (reason, count) in &method.refused {
            if std::mem::take(&mut first) {
                head(
                    out,
                    &name,
                    "counter",
                    "Calls that a policy refused, by policy and reason.",
                )?;
            }
            let (policy, reason) = (reason.policy().name(), reason.name());
            writeln!(
                out,
                "{name}{{{labels},policy=\"{policy}\",reason=\"{reason}\"}} {count}"
            )?;
        }
    }
    Ok(())
}

fn state_changes(out: &mut String, side: &str, methods: &[Labelled<'_>]) -> std::fmt::Result {
    let name = format!("rpc_{side}_policy_state_changes_total");
    let mut first = true;
    for (labels, method) in methods {
        for changes in &method.state_changes {
            if std::mem::take(&mut first) {
                let help = "Changes of a policy's state, by policy and states.";
                head(out, &name, "counter", help)?;
            }
            let (policy, from, to) = (changes.policy.name(), changes.from, changes.to);
            let count = changes.count;
            writeln!(
                out,
                "{name}{{{labels},policy=\"{policy}\",from=\"{from}\",to=\"{to}\"}} {count}"
            )?;
        }
    }
    Ok(())
}

fn breakers(out: &mut String, side: &str, methods: &[Labelled<'_>]) -> std::fmt::Result {
    let name = format!("rpc_{side}_breakers");
    let mut first = true;
    for (labels, method) in methods {
        for (state, count) in &method.breakers {
            if std::mem::take(&mut first) {
                head(out, &name, "gauge", "Breakers, by state.")?;
            }
            writeln!(out, "{name}{{{labels},state=\"{}\"}} {count}", state.name())?;
        }
    }
    Ok(())
}

fn concurrency(out: &mut String, side: &str, methods: &[Labelled<'_>]) -> std::fmt::Result {
    type Part = fn(&ConcurrencySnapshot) -> u64;
    let parts: [(&str, &str, Part); 3] = [
        ("limit", "Calls that may run at once.", |limits| {
            limits.limit
        }),
        ("in_flight", "Calls that run under a limit.", |limits| {
            limits.in_flight
        }),
        ("queued", "Calls that wait for a place.", |limits| {
            limits.queued
        }),
    ];
    let limited: Vec<_> = methods
        .iter()
        .filter_map(|(labels, method)| Some((labels, method.concurrency.as_ref()?)))
        .collect();
    if limited.is_empty() {
        return Ok(());
    }
    for (part, help, value) in parts {
        let name = format!("rpc_{side}_concurrency_{part}");
        head(out, &name, "gauge", help)?;
        for (labels, limits) in &limited {
            writeln!(out, "{name}{{{labels}}} {}", value(limits))?;
        }
    }
    Ok(())
}

fn shared_limits(out: &mut String, side: &str, methods: &[Labelled<'_>]) -> std::fmt::Result {
    let name = format!("rpc_{side}_shared_rate_limits");
    let mut first = true;
    for (labels, method) in methods {
        let Some(limits) = method.shared_limits else {
            continue;
        };
        if std::mem::take(&mut first) {
            head(
                out,
                &name,
                "gauge",
                "Rate limits shared with other processes, by who judges: their store, or this process while it is away.",
            )?;
        }
        for (judge, count) in [("store", limits.shared), ("process", limits.local)] {
            writeln!(out, "{name}{{{labels},judge=\"{judge}\"}} {count}")?;
        }
    }
    Ok(())
}

fn fallbacks(out: &mut String, side: &str, methods: &[Labelled<'_>]) -> std::fmt::Result {
    let name = format!("rpc_{side}_rate_limit_fallbacks_total");
    let mut first = true;
    for (labels, method) in methods {
        // With the limit, so that a rate over it begins at zero.
        if method.shared_limits.is_none() && method.limited_locally == 0 {
            continue;
        }
        if std::mem::take(&mut first) {
            head(
                out,
                &name,
                "counter",
                "Calls that a shared rate limit judged by itself, as its store was away.",
            )?;
        }
        writeln!(out, "{name}{{{labels}}} {}", method.limited_locally)?;
    }
    Ok(())
}

fn labels(method: &PolicySnapshot) -> String {
    format!(
        "rpc_service=\"{}\",rpc_method=\"{}\"",
        escaped(method.service),
        escaped(method.method)
    )
}
