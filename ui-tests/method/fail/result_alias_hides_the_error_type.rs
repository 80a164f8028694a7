#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> std::io::Result<i64>;
}

fn main() {}
