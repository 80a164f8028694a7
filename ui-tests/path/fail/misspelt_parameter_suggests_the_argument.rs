#[kit::service]
pub trait Users {
    #[endpoint(get = "/users/{user_idd}")]
    async fn find(&self, user_id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
