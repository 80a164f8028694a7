//! A call in process allocates nothing, whatever policies and middleware wrap
//! it.
//!
//! A binary of its own, as it counts with the allocator of the whole process.

#![allow(unsafe_code, reason = "an allocator can be written in no other way")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use kit::prelude::*;

struct Counting;

thread_local! {
    // Each test runs on a thread of its own, so that tests do not count each
    // other's allocations.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is forwarded unchanged to the system allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the contract of `dealloc`.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps to the contract of `realloc`.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The number of allocations of a future on this thread.
async fn allocations<T>(future: impl Future<Output = T>) -> (usize, T) {
    let before = COUNT.get();
    let output = future.await;
    (COUNT.get() - before, output)
}

#[kit::service(name = "allocations.Add")]
#[transport(http, grpc)]
pub(crate) trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;

    #[timeout("2s")]
    async fn in_time(&self, a: i64, b: i64) -> Result<i64, Status>;

    async fn with_context(&self, cx: &Context, a: i64) -> Result<bool, Status>;
}

struct Basic;

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> {
        Ok(a + b)
    }

    async fn in_time(&self, a: i64, b: i64) -> Result<i64, Status> {
        Ok(a + b)
    }

    async fn with_context(&self, cx: &Context, _: i64) -> Result<bool, Status> {
        Ok(cx.deadline().is_some() && Context::current().deadline() == cx.deadline())
    }
}

/// A middleware that forwards the call unchanged.
struct Pass;

impl<M: Method> Middleware<M> for Pass {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        next.call(cx, request).await
    }
}

#[tokio::test]
async fn the_allocator_counts() {
    let (count, boxed) = allocations(async { Box::new(7) }).await;
    assert_eq!((count, *boxed), (1, 7));
}

#[tokio::test]
async fn a_local_call_allocates_nothing() {
    let add = AddClient::local(Basic).layer(Pass).layer(Pass);
    // The first call allocates the metrics shard of this thread.
    add.sum(0, 0).await.expect("adds");
    let (count, sum) = allocations(add.sum(1, 2)).await;
    assert_eq!((count, sum.expect("adds")), (0, 3));
}

#[tokio::test]
async fn a_local_call_with_a_timeout_and_a_context_allocates_nothing() {
    let add = AddClient::local(Basic);
    add.in_time(0, 0).await.expect("adds");
    let (count, sum) = allocations(add.in_time(1, 2)).await;
    assert_eq!((count, sum.expect("adds")), (0, 3));

    let cx = Context::new().with_timeout(Duration::from_secs(60));
    add.with_context(&cx, 1).await.expect("looks");
    let (count, seen) = allocations(add.with_context(&cx, 1)).await;
    assert_eq!((count, seen.expect("looks")), (0, true));
}

#[tokio::test]
async fn the_whole_chain_of_a_server_allocates_nothing() {
    use kit::__private::{Identity, Overrides};
    let server = AddServer::new(Basic).layer(Pass).layer(Pass);
    let endpoint = server.endpoint::<add::InTime, Identity>(Identity, Overrides::NONE);
    let cx = Context::new();
    let call = |a, b| Endpoint::<add::InTime>::call(&endpoint, &cx, add::InTimeRequest { a, b });
    call(0, 0).await.expect("adds");
    let (count, sum) = allocations(call(1, 2)).await;
    assert_eq!((count, sum.expect("adds")), (0, 3));
}

#[tokio::test]
async fn a_call_in_process_through_the_chain_allocates_one_box() {
    let add = AddClient::new(kit::testing::InProcess::new(AddServer::new(Basic)));
    add.sum(0, 0).await.expect("adds");
    let (count, sum) = allocations(add.sum(1, 2)).await;
    assert_eq!((count, sum.expect("adds")), (1, 3));
}

/// A method whose request implements `Clone` and can be a cache key.
struct Double;

impl Method for Double {
    type Request = i64;
    type Response = i64;
    type Error = Status;
    const META: &'static kit::MethodMeta = &kit::MethodMeta::new("Calc", "double", "Double");
}

/// The number of allocations of a call that succeeds at the first attempt,
/// wrapped in a policy.
async fn allocations_of(policy: impl Middleware<Double>) -> usize {
    let double = kit::EndpointFn::new(|_: Context, n: i64| async move { Ok(2 * n) });
    let endpoint = kit::Chain::new(policy, double);
    let cx = Context::new();
    let call = || Endpoint::<Double>::call(&endpoint, &cx, 21);
    assert_eq!(call().await.ok(), Some(42));
    let (count, outcome) = allocations(call()).await;
    assert_eq!(outcome.ok(), Some(42));
    count
}

#[tokio::test]
async fn policies_that_repeat_calls_allocate_nothing_without_a_repeat() {
    use kit::policy::cache::{Cache, CacheConfig};
    use kit::policy::fallback::Fallback;
    use kit::policy::hedge::{Hedge, HedgeConfig};
    use kit::policy::retry::{Retry, RetryConfig};

    let second = Duration::from_secs(1);
    assert_eq!(allocations_of(Retry::new(RetryConfig::new())).await, 0);
    let hedge = HedgeConfig::new().after(second);
    assert_eq!(allocations_of(Hedge::new(hedge)).await, 0);
    let hit = Cache::<i64, i64>::new(CacheConfig::new(second).coalesce(true));
    assert_eq!(allocations_of(hit).await, 0);
    assert_eq!(allocations_of(Fallback::value(0)).await, 0);
}

#[kit::fallback(no_sum)]
#[kit::timeout("2s")]
#[kit::throttle(k = 2.0)]
#[kit::retry(attempts = 3)]
#[kit::hedge(after = "1s")]
#[kit::rate_limit("1000000/s")]
#[kit::concurrency(8)]
async fn sum_of(a: i64, b: i64) -> Result<i64, Status> {
    Ok(a + b)
}

async fn no_sum(_: i64, _: i64, error: Status) -> Result<i64, Status> {
    Err(error)
}

#[kit::breaker(failures = 5)]
async fn half_of(a: i64) -> Result<i64, Status> {
    Ok(a / 2)
}

#[tokio::test]
async fn a_plain_function_allocates_nothing_after_its_first_call() {
    assert_eq!(sum_of(1, 2).await.ok(), Some(3));
    assert_eq!(half_of(4).await.ok(), Some(2));
    let (count, sum) = allocations(sum_of(1, 2)).await;
    assert_eq!((count, sum.ok()), (0, Some(3)));
    let (count, half) = allocations(half_of(4)).await;
    assert_eq!((count, half.ok()), (0, Some(2)));
}
