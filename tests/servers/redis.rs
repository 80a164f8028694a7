//! A Redis server for one test, which can be killed, restarted and frozen.
//!
//! The unit tests and the suite of the Redis adapter include this file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The longest wait for the server, after which a test fails.
const BOUND: Duration = Duration::from_secs(60);

/// A running server; dropping it kills the server.
pub(crate) struct Redis {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Redis {
    /// Starts a server on a free port. Without `redis-server` it prints so and
    /// returns `None`, or panics if `KIT_REQUIRE_SERVERS` is set, as in CI.
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
        // Another process may take the port between its choice and its use.
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

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills the server without a shutdown.
    #[allow(dead_code, reason = "not used by every file that includes this one")]
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("a process");
        self.process.wait().expect("an end");
    }

    /// Starts it again on the same port, without its data.
    #[allow(dead_code, reason = "not used by every file that includes this one")]
    pub(crate) fn start_again(&mut self) {
        self.process = run(self.port, self.folder.path()).expect("Redis starts on its own port");
    }

    /// Suspends the process, or resumes it.
    #[allow(dead_code, reason = "not used by every file that includes this one")]
    pub(crate) fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status();
        assert!(status.expect("kill runs").success());
    }

    /// Runs a command, and returns the response as it is on the wire.
    #[allow(dead_code, reason = "not used by every file that includes this one")]
    pub(crate) fn command(&self, words: &[&str]) -> String {
        command(self.port, words)
    }

    /// Its port on 127.0.0.1.
    #[allow(dead_code, reason = "not used by every file that includes this one")]
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// Runs a command, and returns the response as it is on the wire.
pub(crate) fn command(port: u16, words: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connects");
    stream.set_read_timeout(Some(BOUND)).expect("a bound");
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    request.push_str("*1\r\n$4\r\nQUIT\r\n");
    stream.write_all(request.as_bytes()).expect("writes");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).expect("reads");
    let response = String::from_utf8_lossy(&response);
    let response = response.strip_suffix("+OK\r\n");
    response.expect("a response before that to QUIT").to_owned()
}

/// The clock of a server, in microseconds since 1970.
pub(crate) fn time(port: u16) -> u64 {
    let response = command(port, &["TIME"]);
    let mut numbers = response.lines().filter_map(|line| line.parse::<u64>().ok());
    let (seconds, micros) = (numbers.next(), numbers.next());
    seconds.expect("seconds") * 1_000_000 + micros.expect("microseconds")
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a server and waits until it accepts connections; `None` if it could
/// not start.
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
            // Keep reading, so that a full pipe never blocks it.
            std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
            return Some(process);
        }
        line.clear();
    }
    process.wait().expect("an end");
    None
}
