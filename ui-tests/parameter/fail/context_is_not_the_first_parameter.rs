#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64, cx: &kit::Context) -> Result<i64, kit::Status>;
}

fn main() {}
