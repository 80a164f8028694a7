#[kit::service]
pub trait Add<const N: usize> {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

pub fn main() {}
