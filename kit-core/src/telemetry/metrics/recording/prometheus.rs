//! Metrics in the Prometheus text format, version 0.0.4.

use std::fmt::{self, Write as _};

use super::{
    collectors,
    format::{escaped, head},
};
use crate::model::side::Side;
use crate::telemetry::metrics::snapshot::{DURATION_BUCKETS, MethodSnapshot};

/// All metrics in the Prometheus text format: methods, policies, the process, and
/// [registered](super::register) collectors.
pub fn text() -> String {
    let mut out = String::new();
    methods(&mut out, &super::registry::snapshot());
    collectors::collect(&mut out);
    out
}

fn methods(out: &mut String, snapshots: &[MethodSnapshot]) {
    for (side, name, verb) in [
        (Side::Server, "server", "served"),
        (Side::Client, "client", "made"),
    ] {
        let of_side: Vec<_> = snapshots
            .iter()
            .filter(|snapshot| snapshot.side == side)
            .map(|snapshot| (labels(snapshot), snapshot))
            .collect();
        if of_side.is_empty() {
            continue;
        }
        // Writing to a string can't fail.
        let _ = calls(out, name, verb, &of_side)
            .and_then(|()| durations(out, name, verb, &of_side))
            .and_then(|()| in_flight(out, name, verb, &of_side));
    }
}

type Labelled<'a> = (String, &'a MethodSnapshot);

fn calls(out: &mut String, side: &str, verb: &str, methods: &[Labelled<'_>]) -> fmt::Result {
    let name = format!("rpc_{side}_calls_total");
    head(
        out,
        &name,
        "counter",
        &format!("Calls {verb}, by status code."),
    )?;
    for (labels, method) in methods {
        for (code, calls) in &method.calls {
            writeln!(out, "{name}{{{labels},code=\"{}\"}} {calls}", code.name())?;
        }
    }
    Ok(())
}

fn durations(out: &mut String, side: &str, verb: &str, methods: &[Labelled<'_>]) -> fmt::Result {
    let name = format!("rpc_{side}_call_duration_seconds");
    head(
        out,
        &name,
        "histogram",
        &format!("Duration of calls {verb}."),
    )?;
    for (labels, method) in methods {
        let mut cumulative = 0;
        for (bound, calls) in DURATION_BUCKETS.iter().zip(method.durations) {
            cumulative += calls;
            writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {cumulative}")?;
        }
        let all: u64 = method.durations.iter().sum();
        let seconds = method.duration_sum.as_secs_f64();
        writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {all}")?;
        writeln!(out, "{name}_sum{{{labels}}} {seconds}")?;
        writeln!(out, "{name}_count{{{labels}}} {all}")?;
    }
    Ok(())
}

fn in_flight(out: &mut String, side: &str, verb: &str, methods: &[Labelled<'_>]) -> fmt::Result {
    let name = format!("rpc_{side}_calls_in_flight");
    head(out, &name, "gauge", &format!("Calls being {verb} now."))?;
    for (labels, method) in methods {
        writeln!(out, "{name}{{{labels}}} {}", method.in_flight)?;
    }
    Ok(())
}

fn labels(method: &MethodSnapshot) -> String {
    format!(
        "rpc_service=\"{}\",rpc_method=\"{}\"",
        escaped(method.service),
        escaped(method.method)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::code::Code;

    #[test]
    fn a_method_has_three_families() {
        let mut durations = [0; DURATION_BUCKETS.len() + 1];
        durations[0] = 2;
        durations[14] = 1;
        let snapshot = MethodSnapshot {
            side: Side::Client,
            service: "pb.\"Add\"",
            method: "Sum",
            calls: vec![(Code::Ok, 2), (Code::Unavailable, 1)],
            durations,
            duration_sum: Duration::from_millis(12_500),
            in_flight: 4,
        };
        let mut out = String::new();
        methods(&mut out, &[snapshot]);
        let labels = r#"rpc_service="pb.\"Add\"",rpc_method="Sum""#;
        let lines: Vec<_> = out.lines().collect();
        assert_eq!(
            lines[0],
            "# HELP rpc_client_calls_total Calls made, by status code."
        );
        assert_eq!(lines[1], "# TYPE rpc_client_calls_total counter");
        assert_eq!(
            lines[2],
            format!("rpc_client_calls_total{{{labels},code=\"ok\"}} 2")
        );
        assert_eq!(
            lines[3],
            format!("rpc_client_calls_total{{{labels},code=\"unavailable\"}} 1")
        );
        assert_eq!(
            lines[5],
            "# TYPE rpc_client_call_duration_seconds histogram"
        );
        let name = "rpc_client_call_duration_seconds";
        assert_eq!(
            lines[6],
            format!("{name}_bucket{{{labels},le=\"0.005\"}} 2")
        );
        assert_eq!(lines[19], format!("{name}_bucket{{{labels},le=\"10\"}} 2"));
        assert_eq!(
            lines[20],
            format!("{name}_bucket{{{labels},le=\"+Inf\"}} 3")
        );
        assert_eq!(lines[21], format!("{name}_sum{{{labels}}} 12.5"));
        assert_eq!(lines[22], format!("{name}_count{{{labels}}} 3"));
        assert_eq!(
            lines[25],
            format!("rpc_client_calls_in_flight{{{labels}}} 4")
        );
        assert_eq!(lines.len(), 26);
    }
}
