//! A peer's program: built, started on its core, asked for its CPU time,
//! ended.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::Result;
use crate::contest::{Contest, Server};
use crate::machine::{cargo, target};

/// Builds each peer by itself: built together, cargo would turn on for one
/// peer what another asks of a crate they share.
pub(crate) fn build(contest: &Contest, profile: &str) -> Result<()> {
    let peers: BTreeSet<_> = contest.rows.iter().flat_map(|row| row.peers()).collect();
    peers
        .into_iter()
        .try_for_each(|peer| build_peer(peer, profile))
}

pub(crate) fn build_peer(peer: &str, profile: &str) -> Result<()> {
    eprintln!("building {peer}");
    let package = format!("bench-{peer}");
    let mut build = cargo();
    build
        .args([
            "build",
            "--quiet",
            "--profile",
            profile,
            "--package",
            &package,
            "--target-dir",
        ])
        .arg(target());
    if !build.status()?.success() {
        return Err(format!("`{package}` doesn't build").into());
    }
    Ok(())
}

pub(crate) fn program(peer: &str, profile: &str) -> PathBuf {
    target().join(profile).join(format!("bench-{peer}"))
}

pub(crate) struct Running {
    child: Child,
    pub(crate) addr: SocketAddr,
}

impl Running {
    /// Starts a server through `command` (which pins it, and may wrap it in
    /// valgrind), and waits until it accepts.
    pub(crate) fn start(server: &Server, profile: &str, command: &Command) -> Result<Self> {
        let addr = free_addr()?;
        // Should the driver be killed, the kernel ends the server with it.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .arg(command.get_program())
            .args(command.get_args())
            .arg(program(server.peer, profile))
            .args(["serve", &server.what, server.flavor, &addr.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut running = Self { child, addr };
        running.wait_until_accepting()?;
        Ok(running)
    }

    fn wait_until_accepting(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(self.addr).is_err() {
            if self.child.try_wait()?.is_some() {
                return Err(self.last_words().into());
            }
            if Instant::now() > deadline {
                return Err("the server doesn't accept within 30s".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn last_words(&mut self) -> String {
        let mut words = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            // What can't be read can't be told.
            let _ = stderr.read_to_string(&mut words);
        }
        words.trim().to_owned()
    }

    pub(crate) fn cpu(&self) -> Result<Duration> {
        let [user, system, ..] = cpu_times(&self.child.id().to_string())?;
        Ok(user + system)
    }

    /// Ends the server so that it may still write what it has to: callgrind
    /// its counts.
    pub(crate) fn terminate(mut self) -> Result<()> {
        Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        let deadline = Instant::now() + Duration::from_secs(40);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err("the server doesn't end within 40s".into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of the programs this one has waited for, and of theirs.
pub(crate) fn children_cpu() -> Result<Duration> {
    let [_, _, user, system] = cpu_times("self")?;
    Ok(user + system)
}

/// `utime`, `stime`, `cutime`, `cstime`, which Linux counts in hundredths of a
/// second whatever its own clock does.
fn cpu_times(process: &str) -> Result<[Duration; 4]> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the program's name, and may hold anything but this.
    let (_, fields) = stat.rsplit_once(") ").ok_or("/proc/PID/stat has no name")?;
    let mut ticks = fields.split(' ').skip(11).map(str::parse::<u64>);
    let mut next =
        || Ok::<_, Box<dyn std::error::Error>>(ticks.next().ok_or("/proc/PID/stat is short")??);
    let mut times = [Duration::ZERO; 4];
    for time in &mut times {
        *time = Duration::from_millis(10 * next()?);
    }
    Ok(times)
}

fn free_addr() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
