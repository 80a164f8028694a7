#[kit::service]
pub trait Add {
    async fn sum(&self, (a, b): (i64, i64)) -> Result<i64, kit::Status>;
}

fn main() {}
