//! A Redis of a test's own, which can be killed, started again and stopped.
//!
//! The unit tests and the suite of the Redis adapter include this file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long anything may take here: a bound of failures, not of successes.
const BOUND: Duration = Duration::from_secs(60);

/// A running server; it ends with this.
pub(crate) struct Redis {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Redis {
    /// Starts a server on a free port; `None`, and says so, where there is no
    /// `redis-server`. In CI that is a failure.
    pub(crate) fn start() -> Option<Self> {
        let found = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok();
        let required = std::env::var_os("KIT_REQUIRE_SERVERS").is_some();
        assert!(found || !required, "redis-server not found");
        if !found {
            eprintln!("skipped: redis-server not found");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        // Somebody else may take the port between its choice and its use.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let port = free.local_addr().expect("an address").port();
            drop(free);
            if let Some(process) = run(port, folder.path()) {
                return Some(Self {
                    process,
                    port,
                    folder,
                });
            }
        }
        panic!("no Redis starts");
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it: it says good-bye to nobody.
    #[allow(dead_code, reason = "not all who include this file ask")]
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("a process");
        self.process.wait().expect("an end");
    }

    /// Starts it again where it was, with nothing in it.
    #[allow(dead_code, reason = "not all who include this file ask")]
    pub(crate) fn start_again(&mut self) {
        self.process = run(self.port, self.folder.path()).expect("Redis starts on its own port");
    }

    /// Stops it in the middle of whatever it does, or lets it go on.
    #[allow(dead_code, reason = "not all who include this file ask")]
    pub(crate) fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status();
        assert!(status.expect("kill runs").success());
    }

    /// What it answers to a command, as it stands on the wire.
    #[allow(dead_code, reason = "not all who include this file ask")]
    pub(crate) fn command(&self, words: &[&str]) -> String {
        command(self.port, words)
    }

    /// Where it listens, on 127.0.0.1.
    #[allow(dead_code, reason = "not all who include this file ask")]
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// What a server answers to a command, as it stands on the wire.
pub(crate) fn command(port: u16, words: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connects");
    stream.set_read_timeout(Some(BOUND)).expect("a bound");
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    request.push_str("*1\r\n$4\r\nQUIT\r\n");
    stream.write_all(request.as_bytes()).expect("writes");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("reads");
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.strip_suffix("+OK\r\n");
    answer.expect("an answer before the good-bye").to_owned()
}

/// A server's clock, in microseconds.
pub(crate) fn time(port: u16) -> u64 {
    let answer = command(port, &["TIME"]);
    let mut numbers = answer.lines().filter_map(|line| line.parse::<u64>().ok());
    let (seconds, micros) = (numbers.next(), numbers.next());
    seconds.expect("seconds") * 1_000_000 + micros.expect("microseconds")
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server that takes calls; `None` where it could not start.
fn run(port: u16, folder: &std::path::Path) -> Option<Child> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/servers/redis");
    let mut process = Command::new(script)
        .arg(port.to_string())
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script runs");
    let mut log = BufReader::new(process.stdout.take().expect("a pipe"));
    let mut line = String::new();
    while log.read_line(&mut line).expect("its log is text") > 0 {
        if line.contains("Ready to accept connections") {
            // Read on, so that it never waits for a reader.
            std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
            return Some(process);
        }
        line.clear();
    }
    process.wait().expect("an end");
    None
}
