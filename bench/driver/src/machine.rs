//! Which core serves, which one asks, and whether the tools are there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use crate::Result;
use crate::options::Options;

pub(crate) struct Machine {
    pub(crate) server_core: u32,
    pub(crate) load_core: u32,
}

impl Machine {
    pub(crate) fn find(options: &Options) -> Result<Self> {
        let cores = allowed_cores()?;
        let &[server_core, load_core, ..] = cores.as_slice() else {
            return Err("two cores are needed, one to serve and one to ask".into());
        };
        if options.pins() {
            need("taskset", "util-linux")?;
        }
        if options.loads() {
            need("setpriv", "util-linux")?;
            need("wrk", "wrk")?;
            need("h2load", "nghttp2-client")?;
        }
        if options.instructions {
            need("valgrind", "valgrind")?;
        }
        Ok(Self {
            server_core,
            load_core,
        })
    }

    /// What a reader has to know to believe the figures.
    pub(crate) fn describe(&self, options: &Options) -> String {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = cpu
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let busy = busy.split(' ').next().unwrap_or("?");
        format!(
            "{}; server on core {}, load on core {}; {}; profile `{}`; \
             medians of {} rounds of {} s; load average at the start {busy}{}\n",
            cpu.map_or("unknown CPU", |(_, model)| model),
            self.server_core,
            self.load_core,
            rustc(),
            options.profile,
            options.rounds,
            options.seconds,
            if busy.parse().is_ok_and(|busy: f64| busy > 0.5) {
                " (others are at work: take the ratios)"
            } else {
                ""
            },
        )
    }
}

/// A command that will run on this core only.
pub(crate) fn pinned(core: u32) -> Command {
    pinned_to(&[core])
}

/// A command that will run on these cores only.
pub(crate) fn pinned_to(cores: &[u32]) -> Command {
    let cores: Vec<String> = cores.iter().map(u32::to_string).collect();
    let mut command = Command::new("taskset");
    command.args(["-c", &cores.join(",")]);
    command
}

/// `bench/`, where cargo is run.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the driver lies in bench/")
}

/// `bench/target`, wherever the caller's own target directory may be: the
/// programs measured are found there.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root())
        .env_remove("CARGO_TARGET_DIR")
        .stdin(Stdio::null());
    cargo
}

/// Reads the affinity mask, which containers narrow, not the number of CPUs.
fn allowed_cores() -> Result<Vec<u32>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let mut cores = Vec::new();
    for range in list
        .ok_or("no Cpus_allowed_list in /proc/self/status")?
        .trim()
        .split(',')
    {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        cores.extend(first.parse::<u32>()?..=last.parse()?);
    }
    Ok(cores)
}

fn need(tool: &str, package: &str) -> Result<()> {
    match Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "`{tool}` is missing; on Debian: apt-get install --no-install-recommends {package}"
        )
        .into()),
        _ => Ok(()),
    }
}

fn rustc() -> String {
    let version = Command::new("rustc").arg("--version").output().ok();
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or("unknown rustc".to_owned(), |version| {
        version.trim().to_owned()
    })
}
