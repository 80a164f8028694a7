#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> i64;
}

fn main() {}
