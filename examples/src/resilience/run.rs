//! A run from its first call to its summary.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::options::Options;
use super::record::{Change, Recorder};
use super::sample::Sample;
use super::terminal::Size;
use super::upstream::{Flaky, UpstreamClient, UpstreamServer};
use super::{load, plain, svg, terminal};

/// The length of a sample: at 200 calls per second, it has a hundred calls.
const INTERVAL: Duration = Duration::from_millis(500);

/// The number of state changes shown below a frame.
const CHANGES: usize = 4;

/// Runs the client and the upstream until the end or until `interrupted`, and
/// writes the samples to `out`, as lines or as a frame that is redrawn. Events
/// that others record, such as a [`Watch`](super::watch::Watch), are included.
///
/// # Errors
/// A policy value is invalid; binding, connecting or writing fails.
pub async fn run(
    options: &Options,
    recorder: Arc<Recorder>,
    interrupted: impl Future<Output = ()>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    // All random numbers, backoffs included, are drawn on one thread.
    fastrand::seed(options.seed);
    let start = Instant::now();
    let flaky = Flaky::new(options.schedule.clone(), start);
    let config = options.policies.config()?;
    let server = kit::Server::new()
        .mount(UpstreamServer::new(flaky.clone()).configure(&config)?)
        .bind("127.0.0.1:0")
        .await?;
    let url = format!("http://{}", server.local_addr());
    let server = tokio::spawn(server.serve());
    let client = UpstreamClient::connect(url).await?.configure(&config)?;
    let load = tokio::spawn(load::run(client, options.rate, Arc::clone(&recorder)));

    let mut show = Show::new(options);
    let mut ticks = interval(INTERVAL);
    // A late sample is longer; the next one does not overlap it.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    let mut interrupted = std::pin::pin!(interrupted);
    while start.elapsed() < options.length {
        tokio::select! {
            _ = ticks.tick() => {}
            () = &mut interrupted => break,
        }
        let elapsed = start.elapsed();
        let (sample, changes) = recorder.sample(elapsed, &options.schedule, flaky.tries());
        show.add(sample, changes, out)?;
    }
    load.abort();
    server.abort();
    show.finish(out)
}

/// The samples so far, and the state of the output.
struct Show<'a> {
    options: &'a Options,
    policies: String,
    samples: Vec<Sample>,
    /// The last state changes, as lines.
    changes: Vec<String>,
    /// The number of lines of the last frame.
    drawn: usize,
}

impl<'a> Show<'a> {
    fn new(options: &'a Options) -> Self {
        Self {
            options,
            policies: options.policies.to_string(),
            samples: Vec::new(),
            changes: Vec::new(),
            drawn: 0,
        }
    }

    fn add(
        &mut self,
        sample: Sample,
        changes: Vec<Change>,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let changes = changes
            .iter()
            .map(|change| plain::change(sample.at, change));
        if self.options.plain {
            if self.samples.is_empty() {
                writeln!(out, "{}", self.title(self.options.length))?;
                writeln!(out, "{}", plain::HEADER)?;
            }
            for change in changes {
                writeln!(out, "{change}")?;
            }
            writeln!(out, "{}", plain::line(&sample))?;
            self.samples.push(sample);
        } else {
            self.changes.extend(changes);
            let surplus = self.changes.len().saturating_sub(CHANGES);
            self.changes.drain(..surplus);
            self.samples.push(sample);
            self.draw(out)?;
        }
        out.flush()?;
        Ok(())
    }

    fn draw(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        let size = Size::now();
        let elapsed = self.samples.last().map_or(Duration::ZERO, |last| last.at);
        let mut lines = vec![self.title(elapsed), String::new()];
        lines.extend(terminal::frame(&self.samples, self.options.rate, size));
        lines.push(String::new());
        // The frame keeps its height, so that the next one covers it.
        let changes = self.changes.iter().cloned();
        lines.extend(
            changes
                .chain(std::iter::repeat(String::new()))
                .take(CHANGES),
        );
        let lines = size.cut(lines);
        // Written at once, so that no partial frame is visible or left behind.
        out.write_all(terminal::redraw(self.drawn, &lines).as_bytes())?;
        self.drawn = lines.len();
        Ok(())
    }

    fn title(&self, elapsed: Duration) -> String {
        let Options { length, rate, .. } = self.options;
        terminal::title(elapsed, *length, *rate, &self.policies)
    }

    fn finish(self, out: &mut impl Write) -> anyhow::Result<()> {
        let Options {
            schedule,
            rate,
            svg: path,
            ..
        } = self.options;
        writeln!(out)?;
        for line in plain::summary(&self.samples, schedule) {
            writeln!(out, "{line}")?;
        }
        if let Some(path) = path {
            let title = format!("{rate} calls/s with {}", self.policies);
            let picture = svg::picture(&self.samples, schedule, *rate, &title);
            std::fs::write(path, picture)
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        out.flush()?;
        Ok(())
    }
}
