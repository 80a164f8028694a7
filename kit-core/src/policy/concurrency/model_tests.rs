//! The gate against a plain model: a number and a list.

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
    inside: usize,
    waiting: VecDeque<usize>,
    /// Let in, and not told yet.
    let_in: Vec<usize>,
}

impl Model {
    fn let_in(&mut self) {
        while self.inside < self.limit {
            let Some(first) = self.waiting.pop_front() else {
                return;
            };
            self.inside += 1;
            self.let_in.push(first);
        }
    }

    fn leave(&mut self) {
        self.inside -= 1;
        self.let_in();
    }
}

#[derive(Clone, Debug)]
enum Step {
    TryEnter,
    Enter,
    CompletionPermit,
    Poll(usize),
    GoAway(usize),
    Limit(u32),
    QueueMax(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::TryEnter),
        8 => Just(Step::Enter),
        8 => Just(Step::CompletionPermit),
        6 => any::<usize>().prop_map(Step::Poll),
        4 => any::<usize>().prop_map(Step::GoAway),
        1 => (1_u32..8).prop_map(Step::Limit),
        1 => (0_u32..8).prop_map(Step::QueueMax),
    ]
}

/// The gate and the model take the same steps and say the same.
fn is_a_number_and_a_list(
    limit: u32,
    queue_max: u32,
    steps: Vec<Step>,
) -> Result<(), TestCaseError> {
    let gate = Gate::new(limit, queue_max);
    let mut model = Model {
        limit: limit as usize,
        queue_max: queue_max as usize,
        ..Model::default()
    };
    // Those inside who know it, and those whose turn is still to come.
    let mut inside = 0_usize;
    let mut waiting: Vec<(usize, Pin<Box<Waiting<'_>>>)> = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::TryEnter => {
                let enters = model.inside < model.limit && model.waiting.is_empty();
                prop_assert_eq!(gate.try_enter(), enters);
                model.inside += usize::from(enters);
                inside += usize::from(enters);
            }
            Step::Enter => match gate.enter() {
                Entry::Inside => {
                    prop_assert!(model.inside < model.limit && model.waiting.is_empty());
                    model.inside += 1;
                    inside += 1;
                }
                Entry::Waiting(entry) => {
                    prop_assert!(model.inside >= model.limit);
                    prop_assert!(model.waiting.len() < model.queue_max);
                    model.waiting.push_back(number);
                    waiting.push((number, Box::pin(entry)));
                }
                Entry::Full => {
                    prop_assert!(model.inside >= model.limit);
                    prop_assert!(model.waiting.len() >= model.queue_max);
                }
            },
            Step::CompletionPermit if inside > 0 => {
                gate.leave();
                model.leave();
                inside -= 1;
            }
            Step::Poll(which) if !waiting.is_empty() => {
                let which = which % waiting.len();
                let (number, entry) = &mut waiting[which];
                let mut task = TaskContext::from_waker(Waker::noop());
                let ready = entry.as_mut().poll(&mut task).is_ready();
                let known = model.let_in.iter().position(|let_in| let_in == number);
                prop_assert_eq!(ready, known.is_some());
                if let Some(known) = known {
                    model.let_in.remove(known);
                    waiting.remove(which);
                    inside += 1;
                }
            }
            Step::GoAway(which) if !waiting.is_empty() => {
                let (number, entry) = waiting.remove(which % waiting.len());
                drop(entry);
                match model.let_in.iter().position(|let_in| *let_in == number) {
                    Some(known) => {
                        model.let_in.remove(known);
                        model.leave();
                    }
                    None => model.waiting.retain(|waiter| *waiter != number),
                }
            }
            Step::Limit(limit) => {
                gate.set_limit(limit);
                gate.let_in();
                model.limit = limit as usize;
                model.let_in();
            }
            Step::QueueMax(queue_max) => {
                gate.set_queue_max(queue_max);
                model.queue_max = queue_max as usize;
            }
            Step::CompletionPermit | Step::Poll(_) | Step::GoAway(_) => {}
        }
        prop_assert_eq!(gate.inside() as usize, model.inside);
        prop_assert_eq!(gate.waiting() as usize, model.waiting.len());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 64 × 400 steps.
    #[test]
    fn the_gate_is_a_number_and_a_list(
        limit in 1_u32..8,
        queue_max in 0_u32..8,
        steps in prop::collection::vec(step(), 400),
    ) {
        is_a_number_and_a_list(limit, queue_max, steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn the_gate_is_a_number_and_a_list_for_ten_thousand_steps(
        limit in 1_u32..8,
        queue_max in 0_u32..8,
        steps in prop::collection::vec(step(), 10_000),
    ) {
        is_a_number_and_a_list(limit, queue_max, steps)?;
    }
}
