//! The gate, compared with a simple model: a number and a list.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Waker};

use proptest::prelude::*;

use super::gate::{Entry, Gate, Waiting};

#[derive(Default)]
struct Model {
    limit: usize,
    queue_max: usize,
    in_flight: usize,
    waiting: VecDeque<usize>,
    /// Admitted, but not polled since.
    admitted: Vec<usize>,
}

impl Model {
    fn admit_waiters(&mut self) {
        while self.in_flight < self.limit {
            let Some(first) = self.waiting.pop_front() else {
                return;
            };
            self.in_flight += 1;
            self.admitted.push(first);
        }
    }

    fn leave(&mut self) {
        self.in_flight -= 1;
        self.admit_waiters();
    }
}

#[derive(Clone, Debug)]
enum Step {
    TryEnter,
    Enter,
    Leave,
    Poll(usize),
    Cancel(usize),
    Limit(u32),
    QueueMax(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::TryEnter),
        8 => Just(Step::Enter),
        8 => Just(Step::Leave),
        6 => any::<usize>().prop_map(Step::Poll),
        4 => any::<usize>().prop_map(Step::Cancel),
        1 => (1_u32..8).prop_map(Step::Limit),
        1 => (0_u32..8).prop_map(Step::QueueMax),
    ]
}

/// Runs the same steps on the gate and the model, and compares them.
fn matches_the_model(limit: u32, queue_max: u32, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let gate = Gate::new(limit, queue_max);
    let mut model = Model {
        limit: limit as usize,
        queue_max: queue_max as usize,
        ..Model::default()
    };
    // Calls in flight that know of it, and those that wait.
    let mut in_flight = 0_usize;
    let mut waiting: Vec<(usize, Pin<Box<Waiting<'_>>>)> = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::TryEnter => {
                let enters = model.in_flight < model.limit && model.waiting.is_empty();
                prop_assert_eq!(gate.try_enter(), enters);
                model.in_flight += usize::from(enters);
                in_flight += usize::from(enters);
            }
            Step::Enter => match gate.enter() {
                Entry::Admitted => {
                    prop_assert!(model.in_flight < model.limit && model.waiting.is_empty());
                    model.in_flight += 1;
                    in_flight += 1;
                }
                Entry::Waiting(entry) => {
                    prop_assert!(model.in_flight >= model.limit);
                    prop_assert!(model.waiting.len() < model.queue_max);
                    model.waiting.push_back(number);
                    waiting.push((number, Box::pin(entry)));
                }
                Entry::Full => {
                    prop_assert!(model.in_flight >= model.limit);
                    prop_assert!(model.waiting.len() >= model.queue_max);
                }
            },
            Step::Leave if in_flight > 0 => {
                gate.leave();
                model.leave();
                in_flight -= 1;
            }
            Step::Poll(which) if !waiting.is_empty() => {
                let which = which % waiting.len();
                let (number, entry) = &mut waiting[which];
                let mut task = TaskContext::from_waker(Waker::noop());
                let ready = entry.as_mut().poll(&mut task).is_ready();
                let known = model
                    .admitted
                    .iter()
                    .position(|admitted| admitted == number);
                prop_assert_eq!(ready, known.is_some());
                if let Some(known) = known {
                    model.admitted.remove(known);
                    waiting.remove(which);
                    in_flight += 1;
                }
            }
            Step::Cancel(which) if !waiting.is_empty() => {
                let (number, entry) = waiting.remove(which % waiting.len());
                drop(entry);
                match model
                    .admitted
                    .iter()
                    .position(|admitted| *admitted == number)
                {
                    Some(known) => {
                        model.admitted.remove(known);
                        model.leave();
                    }
                    None => model.waiting.retain(|waiter| *waiter != number),
                }
            }
            Step::Limit(limit) => {
                gate.set_limit(limit);
                gate.admit_waiters();
                model.limit = limit as usize;
                model.admit_waiters();
            }
            Step::QueueMax(queue_max) => {
                gate.set_queue_max(queue_max);
                model.queue_max = queue_max as usize;
            }
            Step::Leave | Step::Poll(_) | Step::Cancel(_) => {}
        }
        prop_assert_eq!(gate.in_flight() as usize, model.in_flight);
        prop_assert_eq!(gate.waiting() as usize, model.waiting.len());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 64 × 400 steps.
    #[test]
    fn gate_matches_the_model(
        limit in 1_u32..8,
        queue_max in 0_u32..8,
        steps in prop::collection::vec(step(), 400),
    ) {
        matches_the_model(limit, queue_max, steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn gate_matches_the_model_for_ten_thousand_steps(
        limit in 1_u32..8,
        queue_max in 0_u32..8,
        steps in prop::collection::vec(step(), 10_000),
    ) {
        matches_the_model(limit, queue_max, steps)?;
    }
}
