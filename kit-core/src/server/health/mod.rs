//! Health: whether this process and its services take calls.
//!
//! One [`Health`] backs `/readyz` over HTTP and `grpc.health.v1.Health` over
//! gRPC. It stores what it was set to and checks nothing itself: a check that
//! calls a database on every probe turns a slow database into a restart loop.
//! Code that learns of a failure sets it here.

#[cfg(feature = "grpc")]
pub(crate) mod grpc;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Whether a service takes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Serving {
    /// It takes calls.
    Yes,
    /// It exists but takes no calls now.
    No,
    /// The service is not known here.
    Unknown,
}

/// The health of a server as a whole and of each service; clones share it.
///
/// ```
/// use kit::{Health, Serving};
///
/// let health = Health::new();
/// assert_eq!(health.status(""), Serving::Yes);
/// assert_eq!(health.status("pb.Add"), Serving::Unknown);
///
/// health.set_not_serving("pb.Add");
/// assert_eq!(health.status("pb.Add"), Serving::No);
/// assert!(!health.is_ready());
/// ```
#[derive(Clone, Debug)]
pub struct Health(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    services: BTreeMap<String, watch::Sender<Serving>>,
    draining: bool,
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

impl Health {
    /// The name of the server as a whole, as in the gRPC health protocol.
    pub const OVERALL: &'static str = "";

    /// A server that takes calls, with no services yet.
    pub fn new() -> Self {
        let overall = (Self::OVERALL.to_owned(), watch::Sender::new(Serving::Yes));
        Self(Arc::new(Mutex::new(State {
            services: BTreeMap::from([overall]),
            draining: false,
        })))
    }

    /// Records that a service takes calls; [`Health::OVERALL`] is the server
    /// as a whole.
    pub fn set_serving(&self, service: &str) {
        self.lock().set(service, Serving::Yes);
    }

    /// Records that a service takes no calls for now; [`Health::OVERALL`] is
    /// the server as a whole.
    pub fn set_not_serving(&self, service: &str) {
        self.lock().set(service, Serving::No);
    }

    /// Records for good that nothing takes calls, whatever is set later: the
    /// server is shutting down.
    pub fn drain(&self) {
        let mut state = self.lock();
        for status in state.services.values() {
            set_status(status, Serving::No);
        }
        state.draining = true;
    }

    /// Whether a service takes calls.
    pub fn status(&self, service: &str) -> Serving {
        match self.lock().services.get(service) {
            Some(status) => *status.borrow(),
            None => Serving::Unknown,
        }
    }

    /// Whether the server as a whole and every known service take calls, as a
    /// load balancer needs to know.
    pub fn is_ready(&self) -> bool {
        self.statuses()
            .iter()
            .all(|(_, status)| *status != Serving::No)
    }

    /// Every known service and whether it takes calls, by name. The server as
    /// a whole is [`Health::OVERALL`].
    pub fn statuses(&self) -> Vec<(String, Serving)> {
        self.lock()
            .services
            .iter()
            .map(|(name, status)| (name.clone(), *status.borrow()))
            .filter(|(_, status)| *status != Serving::Unknown)
            .collect()
    }

    /// Watches the status of a service, from its current value on. The service
    /// need not be known yet.
    pub fn watch(&self, service: &str) -> watch::Receiver<Serving> {
        let mut state = self.lock();
        // Names come from callers: an entry that was never set must not outlive
        // its watchers.
        state.services.retain(|_, status| {
            *status.borrow() != Serving::Unknown || status.receiver_count() > 0
        });
        state.entry(service, Serving::Unknown).subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set(&mut self, service: &str, status: Serving) {
        if !self.draining {
            set_status(self.entry(service, status), status);
        }
    }

    fn entry(&mut self, service: &str, first: Serving) -> &watch::Sender<Serving> {
        self.services
            .entry(service.to_owned())
            .or_insert_with(|| watch::Sender::new(first))
    }
}

/// Sets a status and notifies its watchers of a change, and only of a change.
fn set_status(status: &watch::Sender<Serving>, new: Serving) {
    status.send_if_modified(|old| std::mem::replace(old, new) != new);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_watcher_sees_a_service_appear_and_go() {
        let health = Health::new();
        let mut watch = health.watch("pb.Add");
        assert_eq!(*watch.borrow_and_update(), Serving::Unknown);
        health.set_serving("pb.Add");
        watch.changed().await.expect("the sender lives");
        assert_eq!(*watch.borrow_and_update(), Serving::Yes);
        health.drain();
        watch.changed().await.expect("the sender lives");
        assert_eq!(*watch.borrow_and_update(), Serving::No);
    }

    #[test]
    fn a_draining_server_stays_not_serving() {
        let health = Health::new();
        health.set_serving("pb.Add");
        health.drain();
        health.set_serving("pb.Add");
        health.set_serving(Health::OVERALL);
        assert_eq!(health.status("pb.Add"), Serving::No);
        assert!(!health.is_ready());
    }

    #[test]
    fn setting_the_same_status_wakes_no_watcher() {
        let health = Health::new();
        health.set_serving("pb.Add");
        let watch = health.watch("pb.Add");
        health.set_serving("pb.Add");
        assert!(!watch.has_changed().expect("the sender lives"));
    }

    #[test]
    fn unset_names_are_removed_when_unwatched() {
        let health = Health::new();
        for name in ["a", "b", "c"] {
            drop(health.watch(name));
        }
        let _watch = health.watch("d");
        assert_eq!(health.lock().services.len(), 2);
        assert_eq!(
            health.statuses(),
            [(String::new(), Serving::Yes)],
            "an unknown service is not listed"
        );
    }
}
