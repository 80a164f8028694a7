#[kit::service]
pub trait Users {
    #[endpoint(name = "find user")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
