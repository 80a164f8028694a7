#[kit::service]
pub trait Add {
    fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
