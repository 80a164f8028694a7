#[kit::service(name = "pb.Add", config = "config/fail/a_service_that_the_file_does_not_know.toml")]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
