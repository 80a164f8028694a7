//! Tests of a configuration, with services that only record their values.

mod files;
mod knobs;
mod live;
mod order;
pub(super) mod stores;
mod wrong;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit_grammar::Side;

use super::*;
use crate::model::descriptor::{MethodDescriptor, MethodMeta};
use crate::model::policies::retry::RetryConfig;
use crate::model::policies::{InvalidPolicy, Policies, SidePolicies};
use crate::model::status::refusal::PolicyKind;
use crate::policy::rate_limit::SharedStore;

const MS: fn(u64) -> Duration = Duration::from_millis;

static SUM: MethodMeta = MethodMeta::new("pb.Add", "sum", "Sum")
    .idempotent()
    .policies(
        Policies::NONE
            .timeout(Duration::from_secs(2))
            .client(SidePolicies::NONE.retry(RetryConfig::new())),
    );
static GET: MethodMeta = MethodMeta::new("pb.Store", "get", "Get").idempotent();
static STORE: ServiceDescriptor =
    ServiceDescriptor::new("pb.Store", "", &[MethodDescriptor::bare(&GET)]);
static CONCAT: MethodMeta = MethodMeta::new("pb.Add", "concat", "Concat");
static TYPE: MethodMeta = MethodMeta::new("pb.Add", "type", "Type");
static METHODS: [MethodDescriptor; 3] = [
    MethodDescriptor::bare(&SUM),
    MethodDescriptor::bare(&CONCAT),
    MethodDescriptor::bare(&TYPE),
];
static ADD: ServiceDescriptor = ServiceDescriptor::new("pb.Add", "", &METHODS);

static ALIKE: [MethodDescriptor; 2] = [
    MethodDescriptor::bare(&MethodMeta::new("Odd", "a_b", "AB")),
    MethodDescriptor::bare(&MethodMeta::new("Odd", "a__b", "A_B")),
];
static ODD: ServiceDescriptor = ServiceDescriptor::new("Odd", "", &ALIKE);

/// A target that records the timeouts and stores that it is configured with.
#[derive(Default)]
struct RecordingTarget {
    timeouts: Mutex<Vec<Option<Duration>>>,
    /// The number of calls of `configure`.
    applied: Mutex<usize>,
    /// The timeout that it rejects.
    rejects: Mutex<Option<Duration>>,
    /// The default stores that were set, each with the number of calls of `configure`
    /// before.
    stores: Mutex<Vec<StoreSet>>,
}

type StoreSet = (usize, &'static str, Arc<dyn SharedStore>);

impl PolicyTarget for RecordingTarget {
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy> {
        if policies.timeout.is_some() && policies.timeout == *self.rejects.lock().expect("the lock")
        {
            return Err(InvalidPolicy::new(PolicyKind::Timeout, "rejected"));
        }
        self.timeouts.lock().expect("the lock")[method] = policies.timeout;
        *self.applied.lock().expect("the lock") += 1;
        Ok(())
    }

    fn set_default_store(&self, name: &'static str, store: &Arc<dyn SharedStore>) {
        let applied = *self.applied.lock().expect("the lock");
        let mut stores = self.stores.lock().expect("the lock");
        stores.push((applied, name, Arc::clone(store)));
    }
}

impl RecordingTarget {
    fn timeouts(&self) -> Vec<Option<Duration>> {
        self.timeouts.lock().expect("the lock").clone()
    }
}

fn try_configure(
    config: &Config,
    side: Side,
    own: Option<Duration>,
) -> Result<Arc<RecordingTarget>, String> {
    let target = Arc::new(RecordingTarget::default());
    *target.timeouts.lock().expect("the lock") = vec![own.or(Some(MS(2_000))), None, None];
    let mut overrides = vec![Overrides::NONE; 3];
    overrides[0].server.timeout = own;
    let erased: Arc<dyn PolicyTarget> = target.clone();
    config
        .configure(&ADD, side, overrides, &erased)
        .map_err(|error| error.to_string())?;
    Ok(target)
}

fn configure(config: &Config, side: Side) -> Arc<RecordingTarget> {
    try_configure(config, side, None).expect("the configuration is valid")
}

fn parse(text: &str) -> Config {
    Config::parse(text, "kit.toml").expect(text)
}

/// The errors of a file, line by line.
fn wrong(text: &str) -> Vec<String> {
    let error = try_configure(&parse(text), Side::Server, None).err();
    let error = error.unwrap_or_default();
    error.lines().map(str::to_owned).collect()
}
