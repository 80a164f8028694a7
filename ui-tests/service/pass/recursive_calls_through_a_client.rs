struct Factorial;

#[kit::service(dynamic)]
pub trait Math {
    async fn factorial(&self, n: u64) -> Result<u64, kit::Status>;
}

impl Math for Factorial {
    async fn factorial(&self, n: u64) -> Result<u64, kit::Status> {
        if n < 2 {
            return Ok(1);
        }
        let next: DynMath = DynMath::new(Factorial);
        Ok(n * next.factorial(n - 1).await?)
    }
}

pub fn main() {
    assert_eq!(ui_tests::now(MathClient::local(Factorial).factorial(5)).unwrap(), 120);
}
