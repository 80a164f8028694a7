//! Four processes and one limit.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

const PROCESSES: u64 = 4;
/// The limit that the contract of `often` declares.
const RATE: u64 = 200;
const BURST: u64 = 50;
/// How many calls each process is to have granted.
const CALLS: u64 = 200;

/// What the parent tells a child by, and the child what it found.
const PORT: &str = "KIT_TEST_REDIS_PORT";
const NAME: &str = "shared_limits::processes::one_of_four_processes";

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(port: u16) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args([NAME, "--exact", "--ignored", "--nocapture"])
            .env(PORT, port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, lines }
    }

    /// What the process says next, of what it says to its parent.
    fn says(&mut self) -> String {
        let mut lines = self.lines.by_ref().map(|line| line.expect("text"));
        let said =
            lines.find_map(|line| line.split_once("child: ").map(|(_, said)| said.to_owned()));
        said.expect("the process goes on")
    }

    fn go(&mut self) {
        let input = self.child.stdin.as_mut().expect("a pipe");
        input.write_all(b"go\n").expect("the process reads");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All four have their calls granted one after the other as the limit allows,
/// and ask again whenever they are refused. So many calls take so long, on the
/// clock of the server: that time is the limit, to 2 %.
#[test]
fn four_processes_share_one_limit() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut processes: Vec<_> = (0..PROCESSES)
        .map(|_| Process::start(redis.port()))
        .collect();
    for process in &mut processes {
        assert_eq!(process.says(), "ready");
    }
    for process in &mut processes {
        process.go();
    }
    let (mut start, mut end, mut refused) = (u64::MAX, 0, 0);
    for process in &mut processes {
        let said = process.says();
        let numbers: Vec<u64> = said
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        assert_eq!(numbers[3], 0, "no call was judged without the store");
        (start, end) = (start.min(numbers[0]), end.max(numbers[1]));
        refused += numbers[2];
    }
    let granted = PROCESSES * CALLS;
    let seconds = (end - start) as f64 / 1e6;
    let allowed = BURST as f64 + RATE as f64 * seconds;
    eprintln!(
        "{granted} granted and {refused} refused in {seconds:.3} s, which allow {allowed:.1}"
    );
    assert!(
        refused > granted,
        "more was asked for than there is: {refused}"
    );
    // The clock is read a little after the last call, so never the other way.
    assert!(granted as f64 <= allowed + 1.0, "{granted} of {allowed:.1}");
    assert!(
        granted as f64 >= 0.98 * allowed,
        "{granted} of {allowed:.1}"
    );
}

/// Says something to the parent.
fn tell(said: &str) {
    writeln!(std::io::stdout(), "child: {said}").expect("the parent listens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "one of the processes of the test above"]
async fn one_of_four_processes() {
    let port: u16 = std::env::var(PORT)
        .expect("a port")
        .parse()
        .expect("a number");
    let store = patient(&format!("redis://127.0.0.1:{port}"));
    let server = Arc::new(server(&store));
    // The connection is there before the time begins.
    assert!(!passed(server.rare().await) || !store.is_away());
    tell("ready");
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .expect("the parent speaks");
    let start = redis::time(port);
    let (granted, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (server, granted, refused) = (server.clone(), granted.clone(), refused.clone());
            tokio::spawn(async move {
                // Its place among those to be granted, before it asks.
                while granted.fetch_add(1, Ordering::Relaxed) < CALLS {
                    while !passed(server.often().await) {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let end = redis::time(port);
    let policies = kit::metrics::policies_snapshot();
    let fallbacks: u64 = policies.iter().map(|method| method.limited_locally).sum();
    let refused = refused.load(Ordering::Relaxed);
    tell(&format!("{start} {end} {refused} {fallbacks}"));
}
