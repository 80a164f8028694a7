#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64) -> Result<i64, kit::Status>;
    async fn sum_request(&self, a: i64) -> Result<i64, kit::Status>;
    async fn descriptor(&self) -> Result<i64, kit::Status>;
    async fn __kit_overrides(&self) -> Result<i64, kit::Status>;
}

fn main() {}
