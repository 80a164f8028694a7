#[kit::service]
pub trait Add {
    const LIMIT: u32;
    type Number;
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

fn main() {}
