#[kit::service(name = "pb.Add")]
#[kit::service(version = "1")]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
