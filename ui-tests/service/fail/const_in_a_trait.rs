#[kit::service]
pub trait Add {
    const LIMIT: u32 = 10;
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
