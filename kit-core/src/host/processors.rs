//! Measures the load of the processors that this process may use.
//!
//! In a container with a CPU quota, that is the used share of the quota, read
//! from the cgroup (version 2 or 1). Elsewhere it is the load of the whole
//! machine, as the work of other processes slows this one just as much. It reads
//! files, which policies do not do, so `shed` gets it through [`ProcessorMeter`].
//! On systems without `/proc` the load is unknown.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::policy::shed::ProcessorMeter;

inventory::submit! {
    ProcessorMeter {
        open: |start| {
            let mut reader = CpuReader::of_this_process();
            Box::new(move |now| reader.share(start, now))
        },
    }
}

/// The processor time used and available since some start, in a unit that depends
/// on the source. The busy share is the ratio of the differences of two readings.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    used: f64,
    available: f64,
}

/// Measures the busy share since the previous reading.
#[derive(Debug)]
struct CpuReader {
    source: Source,
    last: Option<Reading>,
}

#[derive(Debug, PartialEq)]
enum Source {
    /// cgroup version 2: the folder that holds `cpu.stat` and `cpu.max`.
    V2(PathBuf),
    /// cgroup version 1: the folders that hold `cpuacct.usage` and
    /// `cpu.cfs_quota_us`.
    V1 { usage: PathBuf, quota: PathBuf },
    /// The path of `/proc/stat`.
    Machine(PathBuf),
}

impl CpuReader {
    fn of_this_process() -> Self {
        Self::at(Path::new("/"))
    }

    /// The reader of a machine whose files are below `root`.
    fn at(root: &Path) -> Self {
        Self {
            source: Source::find(root),
            last: None,
        }
    }

    /// The busy share since the previous call, from 0 to 1; `None` for the first
    /// call, and if the load is unknown.
    fn share(&mut self, start: Instant, now: Instant) -> Option<f64> {
        let seconds = now.saturating_duration_since(start).as_secs_f64();
        let reading = self.source.read(seconds)?;
        let last = self.last.replace(reading)?;
        let available = reading.available - last.available;
        let share = (reading.used - last.used) / available;
        (available > 0.0).then(|| share.clamp(0.0, 1.0))
    }
}

impl Source {
    fn find(root: &Path) -> Self {
        let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
        let mount = root.join("sys/fs/cgroup");
        let v2 = folder(&mount, group(&groups, ""), "cpu.max").map(Self::V2);
        let v1 = || {
            let usage = folder(
                &mount.join("cpuacct"),
                group(&groups, "cpuacct"),
                "cpuacct.usage",
            )?;
            let quota = folder(
                &mount.join("cpu"),
                group(&groups, "cpu"),
                "cpu.cfs_quota_us",
            )?;
            Some(Self::V1 { usage, quota })
        };
        v2.or_else(v1)
            .filter(|source| source.quota().is_some())
            .unwrap_or_else(|| Self::Machine(root.join("proc/stat")))
    }

    /// The number of processors that the group may use.
    fn quota(&self) -> Option<f64> {
        match self {
            Self::V2(folder) => {
                let text = fs::read_to_string(folder.join("cpu.max")).ok()?;
                let (quota, period) = text.trim().split_once(' ')?;
                ratio(quota, period)
            }
            Self::V1 { quota, .. } => {
                let read = |name| fs::read_to_string(quota.join(name)).ok();
                ratio(&read("cpu.cfs_quota_us")?, &read("cpu.cfs_period_us")?)
            }
            Self::Machine(_) => None,
        }
    }

    /// Reads the source. The quota is read each time, as it may change.
    fn read(&self, seconds: f64) -> Option<Reading> {
        let used = match self {
            Self::V2(folder) => {
                let text = fs::read_to_string(folder.join("cpu.stat")).ok()?;
                let mut lines = text.lines();
                let usage = lines.find_map(|line| line.strip_prefix("usage_usec "))?;
                usage.trim().parse::<f64>().ok()? / 1e6
            }
            Self::V1 { usage, .. } => {
                let text = fs::read_to_string(usage.join("cpuacct.usage")).ok()?;
                text.trim().parse::<f64>().ok()? / 1e9
            }
            Self::Machine(stat) => return machine(&fs::read_to_string(stat).ok()?),
        };
        Some(Reading {
            used,
            available: seconds * self.quota()?,
        })
    }
}

/// The group of a controller in `/proc/self/cgroup`; the entry of version 2 has an
/// empty controller.
fn group<'a>(groups: &'a str, controller: &str) -> Option<&'a str> {
    groups.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, group) = rest.split_once(':')?;
        controllers
            .split(',')
            .any(|name| name == controller)
            .then_some(group)
    })
}

/// The folder of a group that holds a file: below the mount, or the mount itself
/// if a container sees its group as the root.
fn folder(mount: &Path, group: Option<&str>, file: &str) -> Option<PathBuf> {
    let own = mount.join(group?.trim_start_matches('/'));
    [own, mount.to_owned()]
        .into_iter()
        .find(|folder| folder.join(file).is_file())
}

/// The quota in processors; `None` without one, which version 2 writes as `max`
/// and version 1 as -1.
fn ratio(quota: &str, period: &str) -> Option<f64> {
    let quota: f64 = quota.trim().parse().ok()?;
    let period: f64 = period.trim().parse().ok()?;
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

/// Reads the first line of `/proc/stat`: user, nice, system, idle, iowait, irq,
/// softirq and steal. `iowait` counts as idle; guest time is included in user.
fn machine(stat: &str) -> Option<Reading> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<f64> = line
        .split_whitespace()
        .take(8)
        .map(|ticks| ticks.parse().ok())
        .collect::<Option<_>>()?;
    let available: f64 = ticks.iter().sum();
    let idle = ticks.get(3)? + ticks.get(4).unwrap_or(&0.0);
    Some(Reading {
        used: available - idle,
        available,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A fake machine made of files, removed when dropped.
    struct Machine(PathBuf);

    impl Machine {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let name = format!("kit-cpu-{}-{name}", std::process::id());
            let machine = Self(std::env::temp_dir().join(name));
            for (path, text) in files {
                machine.write(path, text);
            }
            machine
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// The busy share of one second in which the files change.
    fn share(machine: &Machine, change: impl FnOnce()) -> Option<f64> {
        let start = Instant::now();
        let mut reader = CpuReader::at(&machine.0);
        assert_eq!(reader.share(start, start), None);
        change();
        reader.share(start, start + Duration::from_secs(1))
    }

    #[test]
    fn cgroup_2_quota_is_the_available_time() {
        let machine = Machine::new(
            "v2",
            &[
                ("proc/self/cgroup", "0::/pods/a\n"),
                ("sys/fs/cgroup/pods/a/cpu.max", "200000 100000\n"),
                (
                    "sys/fs/cgroup/pods/a/cpu.stat",
                    "usage_usec 5000000\nuser_usec 1\n",
                ),
            ],
        );
        let after = "usage_usec 6500000\nuser_usec 1\n";
        let change = || machine.write("sys/fs/cgroup/pods/a/cpu.stat", after);
        assert_eq!(share(&machine, change), Some(0.75));
    }

    #[test]
    fn cgroup_is_found_at_the_root_of_the_mount() {
        let machine = Machine::new(
            "container",
            &[
                ("proc/self/cgroup", "0::/../../pods/a\n"),
                ("sys/fs/cgroup/cpu.max", "50000 100000\n"),
                ("sys/fs/cgroup/cpu.stat", "usage_usec 0\n"),
            ],
        );
        let change = || machine.write("sys/fs/cgroup/cpu.stat", "usage_usec 250000\n");
        assert_eq!(share(&machine, change), Some(0.5));
    }

    #[test]
    fn cgroup_1_quota_is_the_available_time() {
        let machine = Machine::new(
            "v1",
            &[
                ("proc/self/cgroup", "4:cpu,cpuacct:/a\n0::/\n"),
                ("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "400000\n"),
                ("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"),
                ("sys/fs/cgroup/cpuacct/a/cpuacct.usage", "1000000000\n"),
            ],
        );
        let usage = "sys/fs/cgroup/cpuacct/a/cpuacct.usage";
        let change = || machine.write(usage, "2000000000\n");
        assert_eq!(share(&machine, change), Some(0.25));
    }

    #[test]
    fn load_without_a_quota_is_that_of_the_machine() {
        let machine = Machine::new(
            "machine",
            &[
                ("proc/self/cgroup", "0::/\n"),
                ("sys/fs/cgroup/cpu.max", "max 100000\n"),
                ("sys/fs/cgroup/cpu.stat", "usage_usec 0\n"),
                ("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1\n"),
            ],
        );
        // Of 100 more ticks 20 were idle and 20 were iowait.
        let after = "cpu  120 10 120 720 120 5 5 0 0 0\ncpu0 1\n";
        let change = || machine.write("proc/stat", after);
        assert_eq!(share(&machine, change), Some(0.6));
    }

    #[test]
    fn load_without_proc_is_unknown() {
        let machine = Machine::new("nothing", &[("proc/self/cgroup", "")]);
        assert_eq!(share(&machine, || ()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn load_of_this_machine_is_known() {
        let start = Instant::now();
        let mut reader = CpuReader::of_this_process();
        assert_eq!(reader.share(start, start), None);
        assert!(reader.last.is_some());
    }
}
