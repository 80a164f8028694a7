pub struct User {
    name: String,
}

#[kit::service]
#[transport(grpc)]
pub trait Users {
    async fn watch(&self, id: u64) -> Result<kit::Streaming<User>, kit::Status>;
}

fn main() {}
