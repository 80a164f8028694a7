//! Four processes and one limit.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::ops::RangeInclusive;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use super::*;

const PROCESSES: u64 = 4;
/// How many calls a process has under way at the same time.
const TASKS: u64 = 4;
/// The limit that the contract of `together` declares. What it holds lasts for
/// ten seconds, so that a machine that stands still for less loses none of it.
const RATE: u64 = 50;
const BURST: u64 = 500;
/// How many calls each task is to have granted before it is refused: first to
/// empty the bucket, then in each round of measuring.
const TO_EMPTY: u64 = BURST / PROCESSES / TASKS - 1;
const A_ROUND: u64 = 15;
/// How long a round may take before the test has failed.
const ROUND_MAX: Duration = Duration::from_secs(60);
/// How exact the measurement is to be, and how many rounds of some five seconds
/// that may take: one where nothing comes between a call and a clock.
const EXACT: f64 = 0.02;
const ROUNDS_MAX: usize = 15;

/// What the parent tells a child by, and the child what it found.
const PORT: &str = "KIT_TEST_REDIS_PORT";
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

    /// What the process says next, of what it says to its parent.
    fn says(&mut self) -> String {
        let mut lines = self.lines.by_ref().map(|line| line.expect("text"));
        let said =
            lines.find_map(|line| line.split_once("child: ").map(|(_, said)| said.to_owned()));
        said.unwrap_or_else(|| panic!("a process ended: {:?}", self.child.wait()))
    }

    fn hears(&mut self, quota: u64) {
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

/// What calls came to that began one after the other and ended with the first
/// that was refused after so many that were granted; of tasks at the same time
/// all of that together.
#[derive(Clone, Copy, Default)]
struct Round {
    granted: u64,
    refused: u64,
    /// The server's clock before and after the last refusal of all, in
    /// microseconds.
    before: u64,
    after: u64,
    /// How many calls were judged without the store.
    alone: u64,
}

impl Round {
    fn with(self, other: Self) -> Self {
        Self {
            granted: self.granted + other.granted,
            refused: self.refused + other.refused,
            before: self.before.max(other.before),
            after: self.after.max(other.after),
            alone: self.alone + other.alone,
        }
    }

    fn parse(said: &str) -> Self {
        let numbers: Vec<u64> = said
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [granted, refused, before, after, alone] = numbers[..] else {
            panic!("{said}");
        };
        Self {
            granted,
            refused,
            before,
            after,
            alone,
        }
    }
}

/// A round of all processes.
fn round(processes: &mut [Process], quota: u64) -> Round {
    for process in &mut *processes {
        process.hears(quota);
    }
    let said = processes.iter_mut().map(|process| process.says());
    let round = said.fold(Round::default(), |sum, said| sum.with(Round::parse(&said)));
    assert_eq!(round.alone, 0, "calls were judged without the store");
    round
}

/// The last that a round sees is a refusal, of a bucket with less than one call
/// in it. So what is granted between two rounds' ends is what came into the
/// bucket in that time, give or take one: no more, as the limit is one for all,
/// and no less. How well that time is known is up to the machine, so there are
/// rounds until it is known to 2 %.
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
    let start = round(&mut processes, TO_EMPTY);
    let mut granted = 0;
    for _ in 0..ROUNDS_MAX {
        let end = round(&mut processes, A_ROUND);
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
    panic!("this machine can't read a clock");
}

/// How many calls there were between the ends of two rounds.
fn allowed(start: Round, end: Round) -> RangeInclusive<f64> {
    let calls = |micros: u64| RATE as f64 * micros as f64 / 1e6;
    let least = calls(end.before.saturating_sub(start.after)) - 1.0;
    least..=calls(end.after - start.before) + 1.0
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
    let store = connected(&format!("redis://127.0.0.1:{port}")).await;
    let server = Arc::new(server(&store));
    tell("ready");
    for line in std::io::stdin().lines() {
        let quota = line.expect("text").parse().expect("a number");
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(until_refused(server.clone(), port, quota)))
            .collect();
        let mut round = Round::default();
        for task in tasks {
            let ended = tokio::time::timeout(ROUND_MAX, task).await;
            round = round.with(ended.expect("a refusal").expect("no panic"));
        }
        let policies = kit::metrics::policies_snapshot();
        let alone: u64 = policies.iter().map(|method| method.limited_locally).sum();
        let Round {
            granted,
            refused,
            before,
            after,
            ..
        } = round;
        tell(&format!("{granted} {refused} {before} {after} {alone}"));
    }
}

/// Asks until so many calls are granted, then until one is refused. It looks
/// at the clock where a refusal is to be expected, as each look is a connection.
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
        leave_time().await;
    }
}
