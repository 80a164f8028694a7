//! Looks at the file again and again.
//!
//! A mounted ConfigMap changes by swapping a symbolic link two folders up, and
//! editors write a new file and rename it: notifications of the kernel miss
//! both. Reading a small file once a second costs less than being wrong.

use std::sync::{Arc, Weak};
use std::time::Duration;

use kit_grammar::config::{ConfigError, parse};
use tokio::time::{MissedTickBehavior, interval};

use super::file::{text_of, unreadable};
use super::{Config, Shared};

/// The shortest time between two looks.
const INTERVAL_MIN: Duration = Duration::from_millis(10);

impl Config {
    /// Looks at the file again, and says whether it has changed. A running
    /// server takes new values without losing a call, and without losing the
    /// state of policies that have not changed.
    ///
    /// # Errors
    /// The file can't be read, or something in it is wrong: then nothing
    /// changes, and this file's error is told until it is another file.
    pub fn reload(&self) -> Result<bool, ConfigError> {
        let mut file = self.file();
        let Some(file) = file.as_mut() else {
            return Ok(false);
        };
        let seen = text_of(&file.path);
        if seen == file.seen {
            return match &file.error {
                Some(error) => Err(error.clone()),
                None => Ok(false),
            };
        }
        let name = file.path.display().to_string();
        let taken = match &seen {
            Ok(text) => parse(text, &name)
                .and_then(|sections| self.change(|sources| sources.file = sections)),
            Err(problem) => Err(unreadable(problem.clone())),
        };
        file.seen = seen;
        file.error = taken.as_ref().err().cloned();
        taken.map(|()| true)
    }

    /// [Looks at the file](Self::reload) again and again, at most each 10 ms,
    /// for as long as somebody has the configuration: a second is right for
    /// most. What is wrong is logged once, and is [`last_error`] until the
    /// file is mended.
    ///
    /// [`last_error`]: Self::last_error
    ///
    /// # Panics
    /// There is no tokio runtime.
    pub fn watch(&self, interval: Duration) {
        tokio::spawn(watch(Arc::downgrade(&self.0), interval));
    }

    /// What is wrong with the file as it is; the values are those of the last
    /// one that was right.
    pub fn last_error(&self) -> Option<ConfigError> {
        self.file().as_ref().and_then(|file| file.error.clone())
    }

    /// Looks at the file for nobody in particular: what comes of it is logged.
    fn look(&self) {
        let before = self.last_error();
        match self.reload() {
            Ok(false) => {}
            Ok(true) => tracing::info!(target: "kit::config", "the file has changed"),
            Err(error) if before.as_ref() == Some(&error) => {}
            Err(error) => tracing::error!(
                target: "kit::config",
                %error,
                "the values of the last file that was right stay"
            ),
        }
    }
}

/// Looks at the file until nobody has the configuration any more.
async fn watch(config: Weak<Shared>, every: Duration) {
    let mut ticks = interval(every.max(INTERVAL_MIN));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(config) = config.upgrade().map(Config) else {
            return;
        };
        // A file can stand on a disk that hangs.
        let look = tokio::task::spawn_blocking(move || config.look());
        if look.await.is_err() {
            tracing::error!(target: "kit::config", "looking at the file panicked");
            return;
        }
    }
}
