#[kit::service]
pub trait Add {
    async fn sum(&self, cx: &kit::Context, other: &kit::Context, a: i64) -> Result<i64, kit::Status>;
}

fn main() {}
