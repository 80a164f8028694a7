#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn watch(&self, id: u64) -> Result<kit::Streaming<u64>, kit::Status>;
}

fn main() {}
