#[kit::service(name = "redis")]
pub trait Shared {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

#[kit::service]
pub trait Redis {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
