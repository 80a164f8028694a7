#[kit::service(name = "pb.Add", config = "config/fail/file_without_the_service.toml")]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
