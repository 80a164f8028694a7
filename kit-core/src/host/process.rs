//! Metrics of the process: CPU time, memory, open files, threads.
//!
//! They are read when metrics are collected, and only on Linux, where that means
//! reading a few small files.

use std::fmt::{self, Write as _};

use crate::telemetry::metrics::format::head;
use crate::telemetry::metrics::{Place, Section};

inventory::submit! {
    Section {
        place: Place::Process,
        write: collect,
    }
}

/// Adds the metrics of the process; nothing if they are unknown.
fn collect(text: &mut String) {
    if let Some(process) = read() {
        // Writing to a string can't fail.
        let _ = write(text, &process);
    }
}

struct Process {
    cpu_seconds: f64,
    resident_bytes: u64,
    open_files: usize,
    threads: u64,
}

fn write(text: &mut String, process: &Process) -> fmt::Result {
    let name = "process_cpu_seconds_total";
    head(
        text,
        name,
        "counter",
        "User and system CPU time of this process, in seconds.",
    )?;
    writeln!(text, "{name} {}", process.cpu_seconds)?;
    let name = "process_resident_memory_bytes";
    head(
        text,
        name,
        "gauge",
        "Resident memory of this process, in bytes.",
    )?;
    writeln!(text, "{name} {}", process.resident_bytes)?;
    let name = "process_open_fds";
    head(
        text,
        name,
        "gauge",
        "Open file descriptors of this process.",
    )?;
    writeln!(text, "{name} {}", process.open_files)?;
    let name = "process_threads";
    head(text, name, "gauge", "Threads of this process.")?;
    writeln!(text, "{name} {}", process.threads)
}

#[cfg(target_os = "linux")]
fn read() -> Option<Process> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let open_files = std::fs::read_dir("/proc/self/fd").ok()?.count();
    Some(Process {
        cpu_seconds: cpu_seconds(&stat)?,
        resident_bytes: field(&status, "VmRSS:")? * 1024,
        open_files,
        threads: field(&status, "Threads:")?,
    })
}

#[cfg(not(target_os = "linux"))]
fn read() -> Option<Process> {
    None
}

/// A number from `/proc/self/status`.
#[cfg(target_os = "linux")]
fn field(status: &str, name: &str) -> Option<u64> {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

/// User and system time from `/proc/self/stat`.
#[cfg(target_os = "linux")]
fn cpu_seconds(stat: &str) -> Option<f64> {
    // Linux reports ticks of 10 ms to user space, whatever the kernel uses.
    const TICKS_PER_SECOND: f64 = 100.0;
    // The second field is the program name in parentheses, which may contain any
    // character. User and system time are the 14th and 15th.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / TICKS_PER_SECOND)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn program_name_may_contain_parentheses_and_spaces() {
        let stat = "7 (a) b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 3 0 100 1 2";
        assert_eq!(cpu_seconds(stat), Some(3.0));
    }

    #[test]
    fn this_process_has_files_open_and_memory_in_use() {
        let process = read().expect("Linux has /proc");
        assert!(process.open_files > 2);
        assert!(process.resident_bytes > 100_000);
        assert!(process.threads > 0);
    }
}
