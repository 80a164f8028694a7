//! The names `redis` and `functions` are reserved for tables of a configuration.
//! A longer name that ends in one of them is allowed.

#[kit::service(name = "pb.Redis")]
pub trait Redis {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

#[kit::service(name = "pb.Functions")]
pub trait Functions {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

#[kit::retry(name = "retry_all")]
pub async fn retry(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

pub fn main() {}
