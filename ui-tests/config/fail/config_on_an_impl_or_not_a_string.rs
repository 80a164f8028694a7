#[kit::service(config = 3)]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

struct Basic;

#[kit::service(config = "kit.toml")]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

fn main() {}
