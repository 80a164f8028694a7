#[kit::service]
pub trait Add {
    async fn sum(self: std::sync::Arc<Self>, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
