pub struct Basic;

#[kit::service]
impl Basic {
    pub async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

fn main() {}
