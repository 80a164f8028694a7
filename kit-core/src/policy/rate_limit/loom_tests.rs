//! Every order of threads that use a bucket.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use loom::sync::Arc;
use loom::thread;

use super::gcra::{Bucket, Limit, LiveLimit, Taken};
use super::keyed::Keys;
use crate::model::policies::rate_limit::Rate;

const LIMIT: Limit = Limit {
    step: 10,
    capacity: 20,
};

fn check(model: impl Fn() + Sync + Send + 'static) {
    let executions = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        model();
    });
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    eprintln!("{name}: {executions:?} executions");
}

#[test]
fn loom_burst_of_two_admits_two_of_three() {
    check(|| {
        let bucket = Arc::new(Bucket::default());
        let calls: Vec<_> = (0..2)
            .map(|_| {
                let bucket = Arc::clone(&bucket);
                thread::spawn(move || bucket.take(LIMIT, 100, 0).is_ok())
            })
            .collect();
        let own = bucket.take(LIMIT, 100, 0).is_ok();
        let others = calls.into_iter().map(|call| call.join().unwrap());
        assert_eq!(
            others.filter(|passed| *passed).count() + usize::from(own),
            2
        );
        assert_eq!(bucket.full_at(), 120);
    });
}

#[test]
fn loom_turns_are_distinct() {
    check(|| {
        let bucket = Arc::new(Bucket::default());
        let reserve = |bucket: &Bucket| bucket.take(LIMIT, 100, 1_000).unwrap();
        reserve(&bucket);
        reserve(&bucket);
        let cancelled = {
            let bucket = Arc::clone(&bucket);
            thread::spawn(move || {
                let taken: Taken = reserve(&bucket);
                bucket.give_back(taken)
            })
        };
        let waiting = {
            let bucket = Arc::clone(&bucket);
            thread::spawn(move || reserve(&bucket).wait)
        };
        let given_back = cancelled.join().unwrap();
        let wait = waiting.join().unwrap();
        let next = reserve(&bucket).wait;
        assert_ne!(wait, next);
        // A turn is lost only if another call reserved one after it.
        assert_eq!((wait.max(next) == 20), given_back);
    });
}

#[test]
fn loom_change_keeps_the_calls_taken() {
    check(|| {
        let rate = |nanoseconds| Some(Rate::new(1, std::time::Duration::from_nanos(nanoseconds)));
        let state = Arc::new((Bucket::default(), LiveLimit::new(rate(10), 4, 1)));
        let caller = {
            let state = Arc::clone(&state);
            thread::spawn(move || state.0.take(state.1.get(), 100, 0).is_ok())
        };
        state.0.change(100, &state.1, rate(5), 4, 1);
        assert!(caller.join().unwrap(), "the change refused a call");
        // The call took one step, of the old length or the new.
        assert!([105, 110].contains(&state.0.full_at()));
    });
}

#[test]
fn loom_key_never_takes_more_than_its_limit() {
    check(|| {
        let keys = Arc::new(Keys::new(2, LIMIT));
        let total = Arc::new(Bucket::default());
        let all = Limit {
            step: 10,
            capacity: 30,
        };
        let call = move |keys: &Keys, total: &Bucket, hash| {
            let also = || total.take(all, 100, 0).map_err(drop);
            keys.take(hash, LIMIT, 100, 0, also, |_, _| ()).is_ok()
        };
        let greedy = {
            let (keys, total) = (Arc::clone(&keys), Arc::clone(&total));
            thread::spawn(move || (0..3).filter(|_| call(&keys, &total, 7)).count())
        };
        let modest = {
            let (keys, total) = (Arc::clone(&keys), Arc::clone(&total));
            thread::spawn(move || call(&keys, &total, 9))
        };
        // The greedy key is refused by its own limit, and so leaves the third
        // call of the total to the other.
        assert_eq!(greedy.join().unwrap(), 2);
        assert!(modest.join().unwrap());
        assert_eq!(total.full_at(), 130);
        assert_eq!(keys.count(100), 2);
    });
}
