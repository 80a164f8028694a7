#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, _: i64) -> Result<i64, kit::Status>;
}

fn main() {}
