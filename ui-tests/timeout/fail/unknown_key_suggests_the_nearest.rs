#[kit::service]
pub trait Users {
    #[timeout("1s", att = server)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
