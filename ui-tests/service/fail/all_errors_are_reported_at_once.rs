#[kit::service(nmae = "pb.Add", version = 2)]
#[transport(http, gprc)]
pub trait Add {
    #[endpoint(pst = "/sum")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;

    #[timeout("2 moons")]
    async fn concat(&self, a: &str, b: &str) -> Result<String, kit::Status>;

    fn size(&mut self) -> usize;
}

fn main() {}
