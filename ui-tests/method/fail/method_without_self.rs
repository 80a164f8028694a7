#[kit::service]
pub trait Add {
    async fn sum(a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
