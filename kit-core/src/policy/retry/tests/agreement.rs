//! Property tests of the budget against a model.

use super::*;

/// All that was earned and spent recently, by second.
struct Model {
    reserve: i64,
    changes: Vec<(u64, i64)>,
}

impl Model {
    fn change(&mut self, second: u64, by: i64) {
        self.changes.retain(|(at, _)| at + 10 > second);
        self.changes.push((second, by));
    }

    fn balance(&self, second: u64) -> i64 {
        let recent = self.changes.iter().filter(|(at, _)| at + 10 > second);
        self.reserve + recent.map(|(_, by)| by).sum::<i64>()
    }

    fn spend(&mut self, second: u64) -> bool {
        let can = self.balance(second) >= 1000;
        if can {
            self.change(second, -1000);
        }
        can
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Earn(u32),
    Spend,
    GiveBack,
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_u32..3000).prop_map(Step::Earn),
        8 => Just(Step::Spend),
        1 => Just(Step::GiveBack),
        3 => (0_u64..2500).prop_map(Step::Advance),
        1 => prop_oneof![Just(9_999), Just(10_000), Just(10_001), 0_u64..100_000_000]
            .prop_map(Step::Advance),
    ]
}

/// Runs the same steps on the budget and the model, and compares them.
fn agree_at_each(reserve: u32, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let start = Instant::now();
    let mut now = start;
    let budget = RetryBudget::starting(start, reserve);
    let mut model = Model {
        reserve: i64::from(reserve) * 1000,
        changes: Vec::new(),
    };
    for step in steps {
        let second = (now - start).as_secs();
        match step {
            Step::Earn(thousandths) => {
                budget.earn(f64::from(thousandths) / 1000.0, now);
                model.change(second, i64::from(thousandths));
            }
            Step::Spend => prop_assert_eq!(budget.spend(now), model.spend(second)),
            Step::GiveBack => {
                budget.give_back(now);
                model.change(second, 1000);
            }
            Step::Advance(milliseconds) => now += Duration::from_millis(milliseconds),
        }
        let second = (now - start).as_secs();
        let left = u32::try_from(model.balance(second) / 1000).unwrap_or(0);
        prop_assert_eq!(budget.left(now), left);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn budget_matches_the_model(
        reserve in 0_u32..4,
        steps in prop::collection::vec(step(), 400),
    ) {
        agree_at_each(reserve, steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn budget_matches_the_model_for_ten_thousand_steps(
        reserve in 0_u32..4,
        steps in prop::collection::vec(step(), 10_000),
    ) {
        agree_at_each(reserve, steps)?;
    }
}
