//! Reloads the configuration file when it changes, by polling.
//!
//! A mounted ConfigMap changes by swapping a symbolic link two folders up, and
//! editors write a new file and rename it. Kernel notifications miss both, and
//! reading a small file once a second is cheap.

use std::sync::{Arc, Weak};
use std::time::Duration;

use kit_grammar::config::{ConfigError, parse};
use tokio::time::{MissedTickBehavior, interval};

use super::file::{read_text, unreadable};
use super::{Config, Shared};

/// The shortest polling interval.
const INTERVAL_MIN: Duration = Duration::from_millis(10);

impl Config {
    /// Reads the file again, and returns whether it has changed. Without a file it
    /// returns `false`. A running server applies new values without dropping calls,
    /// and keeps the state of policies that have not changed.
    ///
    /// # Errors
    /// The file can't be read, or it is invalid. Then nothing changes, and every
    /// call returns the same error until the file changes.
    pub fn reload(&self) -> Result<bool, ConfigError> {
        let mut file = self.file();
        let Some(file) = file.as_mut() else {
            return Ok(false);
        };
        let text = read_text(&file.path);
        if text == file.text {
            return match &file.error {
                Some(error) => Err(error.clone()),
                None => Ok(false),
            };
        }
        let name = file.path.display().to_string();
        let outcome = match &text {
            Ok(text) => parse(text, &name)
                .and_then(|sections| self.change(|sources| sources.file = sections)),
            Err(problem) => Err(unreadable(problem.clone())),
        };
        file.text = text;
        file.error = outcome.as_ref().err().cloned();
        outcome.map(|()| true)
    }

    /// [Reloads the file](Self::reload) at this interval, at least 10 ms, for as
    /// long as the configuration is in use; one second suits most programs. An
    /// error is logged once, and is the [`last_error`] until the file is fixed.
    ///
    /// [`last_error`]: Self::last_error
    ///
    /// # Panics
    /// There is no tokio runtime.
    pub fn watch(&self, interval: Duration) {
        tokio::spawn(watch(Arc::downgrade(&self.0), interval));
    }

    /// The error of the file as it is now; `None` if it is valid. The values in
    /// effect are those of the last valid file.
    pub fn last_error(&self) -> Option<ConfigError> {
        self.file().as_ref().and_then(|file| file.error.clone())
    }

    /// Reloads the file and logs the result.
    fn reload_and_log(&self) {
        let before = self.last_error();
        match self.reload() {
            Ok(false) => {}
            Ok(true) => tracing::info!(target: "kit::config", "configuration file reloaded"),
            Err(error) if before.as_ref() == Some(&error) => {}
            Err(error) => tracing::error!(
                target: "kit::config",
                %error,
                "invalid configuration file: keeping the values of the last valid one"
            ),
        }
    }
}

/// Polls the file until the configuration is dropped.
async fn watch(config: Weak<Shared>, period: Duration) {
    let mut ticks = interval(period.max(INTERVAL_MIN));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(config) = config.upgrade().map(Config) else {
            return;
        };
        // Reading may block, as the file can be on a disk that hangs.
        let reload = tokio::task::spawn_blocking(move || config.reload_and_log());
        if reload.await.is_err() {
            tracing::error!(target: "kit::config", "reading the configuration file panicked");
            return;
        }
    }
}
