#[kit::service]
#[transport(http, grpc)]
pub trait Add {
    #[endpoint(name = "Sum")]
    async fn sum_two(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    #[endpoint(name = "Sum")]
    async fn sum_three(&self, a: i64, b: i64, c: i64) -> Result<i64, kit::Status>;
}

fn main() {}
