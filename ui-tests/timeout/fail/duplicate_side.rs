#[kit::service]
pub trait Users {
    #[timeout("1s", at = server, at = client)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
