#[kit::service]
pub trait Add {
    fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    async fn negate(a: i64) -> Result<i64, kit::Status>;
    async fn half(&self, a: i64) -> i64;
    async fn double(&self, a: i64) -> Result<i64, kit::Status>;
}

fn main() {}
