//! Four processes that share one limit.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::ops::RangeInclusive;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use super::*;

const PROCESSES: u64 = 4;
/// The number of concurrent calls of a process.
const TASKS: u64 = 4;
/// The declared limit of `together`. The bucket takes ten seconds to fill, so
/// that a shorter pause of the machine loses no call.
const RATE: u64 = 50;
const BURST: u64 = 500;
/// The number of calls that each task must be granted before the refusal that
/// ends its round: in the round that empties the bucket, and in the measured
/// ones.
const TO_EMPTY: u64 = BURST / PROCESSES / TASKS - 1;
const TO_MEASURE: u64 = 15;
/// The longest time of a round, after which the test fails.
const ROUND_MAX: Duration = Duration::from_secs(60);
/// The required precision of the measurement, and the number of rounds, of some
/// five seconds each, that it may take: one if nothing interrupts the reads of
/// the clock.
const EXACT: f64 = 0.02;
const ROUNDS_MAX: usize = 15;

/// The variable by which the parent passes the port of Redis to a child.
const PORT: &str = "KIT_TEST_REDIS_PORT";
/// The test that a child runs.
const NAME: &str = "processes::one_of_four_processes";

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

    /// The next message of the process; other lines of its output are skipped.
    fn receive(&mut self) -> String {
        let mut lines = self.lines.by_ref().map(|line| line.expect("text"));
        let message = lines.find_map(|line| Some(line.split_once("child: ")?.1.to_owned()));
        message.unwrap_or_else(|| panic!("a process ended: {:?}", self.child.wait()))
    }

    fn send(&mut self, quota: u64) {
        let input = self.child.stdin.as_mut().expect("a pipe");
        writeln!(input, "{quota}").expect("the process reads");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The outcome of a series of calls that ends with the first refusal after a
/// number of granted calls, or the sum of such series that ran concurrently.
#[derive(Clone, Copy, Default)]
struct Round {
    granted: u64,
    refused: u64,
    /// The clock of Redis before and after the last refusal, in microseconds.
    before: u64,
    after: u64,
    /// The number of calls that were decided without the store.
    without_store: u64,
}

impl Round {
    fn merge(self, other: Self) -> Self {
        Self {
            granted: self.granted + other.granted,
            refused: self.refused + other.refused,
            before: self.before.max(other.before),
            after: self.after.max(other.after),
            without_store: self.without_store + other.without_store,
        }
    }

    fn parse(message: &str) -> Self {
        let numbers: Vec<u64> = message
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [granted, refused, before, after, without_store] = numbers[..] else {
            panic!("{message}");
        };
        Self {
            granted,
            refused,
            before,
            after,
            without_store,
        }
    }
}

/// Runs a round in all processes.
fn round(processes: &mut [Process], quota: u64) -> Round {
    for process in &mut *processes {
        process.send(quota);
    }
    let rounds = processes
        .iter_mut()
        .map(|process| Round::parse(&process.receive()));
    let round = rounds.fold(Round::default(), Round::merge);
    assert_eq!(round.without_store, 0, "calls decided without the store");
    round
}

/// A round ends with a refusal, when the bucket holds less than one call. So the
/// number of calls granted between the ends of two rounds equals the refill of
/// the bucket in that time, within one call: no more, as all processes share the
/// limit, and no less. The precision of that time depends on the machine, so the
/// rounds are repeated until it is 2 %.
#[test]
fn four_processes_share_one_limit() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let mut processes: Vec<_> = (0..PROCESSES)
        .map(|_| Process::start(redis.port()))
        .collect();
    for process in &mut processes {
        assert_eq!(process.receive(), "ready");
    }
    let start = round(&mut processes, TO_EMPTY);
    let mut granted = 0;
    for _ in 0..ROUNDS_MAX {
        let end = round(&mut processes, TO_MEASURE);
        granted += end.granted;
        let allowed = allowed(start, end);
        let (least, most) = (allowed.start(), allowed.end());
        eprintln!(
            "{granted} granted, {least:.1} to {most:.1} allowed, {} refused",
            end.refused
        );
        assert!(allowed.contains(&(granted as f64)), "of {allowed:?}");
        if most - least <= EXACT * granted as f64 {
            return;
        }
    }
    panic!("the clock could not be read precisely enough in {ROUNDS_MAX} rounds");
}

/// The number of calls that the limit allows between the ends of two rounds.
fn allowed(start: Round, end: Round) -> RangeInclusive<f64> {
    let calls = |micros: u64| RATE as f64 * micros as f64 / 1e6;
    let least = calls(end.before.saturating_sub(start.after)) - 1.0;
    least..=calls(end.after - start.before) + 1.0
}

/// Sends a message to the parent.
fn send(message: &str) {
    writeln!(std::io::stdout(), "child: {message}").expect("the parent reads");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "one of the processes of the test above"]
async fn one_of_four_processes() {
    let port: u16 = std::env::var(PORT)
        .expect("a port")
        .parse()
        .expect("a number");
    let store = connected(&format!("redis://127.0.0.1:{port}")).await;
    let server = Arc::new(server(&store));
    send("ready");
    for line in std::io::stdin().lines() {
        let quota = line.expect("text").parse().expect("a number");
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(until_refused(server.clone(), port, quota)))
            .collect();
        let mut round = Round::default();
        for task in tasks {
            let ended = tokio::time::timeout(ROUND_MAX, task).await;
            round = round.merge(ended.expect("a refusal").expect("no panic"));
        }
        let policies = kit::metrics::policies_snapshot();
        let without_store: u64 = policies.iter().map(|method| method.limited_locally).sum();
        let Round {
            granted,
            refused,
            before,
            after,
            ..
        } = round;
        send(&format!(
            "{granted} {refused} {before} {after} {without_store}"
        ));
    }
}

/// Calls until this number of calls is granted, then until one is refused. It
/// reads the clock only where it expects a refusal, as each read opens a
/// connection.
async fn until_refused(server: Arc<MeteredClient<InProcess>>, port: u16, quota: u64) -> Round {
    let mut round = Round::default();
    let mut was_refused = false;
    loop {
        let is_last = was_refused && round.granted >= quota;
        let before = if is_last { redis::time(port) } else { 0 };
        was_refused = !passed(server.together().await);
        if !was_refused {
            round.granted += 1;
            continue;
        }
        round.refused += 1;
        if is_last {
            let after = redis::time(port);
            return Round {
                before,
                after,
                ..round
            };
        }
        yield_for_a_moment().await;
    }
}
