//! The behaviour of retries.

mod agreement;
mod budget;
mod calls;
mod decisions;
mod go_kit;
mod pushback;
mod tiers;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, Endpoint, EndpointFn};
use crate::model::method::Method;
use crate::model::policies::CodeSet;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::support::ManualClock;

const SECOND: Duration = Duration::from_secs(1);
const EVERYTHING: CodeSet = CodeSet::of(&Code::ALL).without(CodeSet::of(&[Code::Ok]));

struct Echo;

impl Method for Echo {
    type Request = u32;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

/// No wait and an unlimited budget.
fn eager(attempts: u32) -> RetryConfig {
    RetryConfig::new()
        .attempts(attempts)
        .backoff(Duration::ZERO, Duration::ZERO)
        .budget(100.0)
}

/// A peer that fails `failures` times, and records the previous attempts.
#[derive(Default)]
struct Flaky {
    calls: AtomicU32,
    seen: Mutex<Vec<u32>>,
}

impl Flaky {
    fn endpoint(self: &Arc<Self>, failures: u32, error: Status) -> impl Endpoint<Echo> + use<> {
        let this = Arc::clone(self);
        EndpointFn::new(move |cx: Context, request: u32| {
            let call = this.calls.fetch_add(1, Ordering::Relaxed);
            this.seen
                .lock()
                .expect("unpoisoned")
                .push(cx.previous_attempts());
            let error = error.clone();
            async move {
                if call < failures {
                    Err(error)
                } else {
                    Ok(request)
                }
            }
        })
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}
