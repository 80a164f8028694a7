//! The behaviour of the cache.

mod agreement;
mod calls;
mod coalescing;
mod entries;
mod flights;
mod kinds;
mod removals;
mod stale;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tokio::task::JoinSet;
use tokio::time::{Instant as TokioInstant, sleep, timeout};

use super::*;
use crate::model::code::Code;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, Endpoint, EndpointFn};
use crate::model::metadata::Metadata;
use crate::model::method::Method;
use crate::model::status::Status;

const SECOND: Duration = Duration::from_secs(1);
const TTL: Duration = Duration::from_secs(100);

struct Echo;

impl Method for Echo {
    type Request = u32;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

/// A peer that takes 10 ms a call, and responds with the number of calls, or
/// with the failure that is set.
#[derive(Clone, Default)]
struct Peer {
    calls: Arc<AtomicU32>,
    failing: Arc<std::sync::Mutex<Option<Status>>>,
}

impl Peer {
    async fn call(self) -> Result<u32, Status> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        sleep(Duration::from_millis(10)).await;
        match self.failing.lock().expect("unpoisoned").clone() {
            Some(status) => Err(status),
            None => Ok(number),
        }
    }

    fn fails(&self, status: Option<Status>) {
        *self.failing.lock().expect("unpoisoned") = status;
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// A cached peer, to be called from many tasks.
struct Cached {
    cache: Arc<Cache<u32, u32>>,
    peer: Peer,
}

impl Cached {
    fn new(config: CacheConfig) -> Self {
        Self {
            cache: Arc::new(Cache::new(config)),
            peer: Peer::default(),
        }
    }

    async fn call_with(&self, cx: &Context, key: u32) -> Result<u32, Status> {
        let peer = self.peer.clone();
        let next = EndpointFn::new(move |_: Context, _: u32| peer.clone().call());
        let endpoint = Chain::new(Arc::clone(&self.cache), next);
        Endpoint::<Echo>::call(&endpoint, cx, key).await
    }

    async fn call(&self, key: u32) -> Result<u32, Status> {
        self.call_with(&Context::new(), key).await
    }

    /// Makes concurrent calls of one key.
    async fn calls(self: &Arc<Self>, number: usize, key: u32) -> Vec<Result<u32, Code>> {
        let mut calls = JoinSet::new();
        for _ in 0..number {
            let this = Arc::clone(self);
            calls.spawn(async move { this.call(key).await.map_err(|status| status.code()) });
        }
        calls.join_all().await
    }
}
