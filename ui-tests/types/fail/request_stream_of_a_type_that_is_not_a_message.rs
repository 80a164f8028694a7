pub struct User {
    name: String,
}

#[kit::service]
#[transport(grpc)]
pub trait Users {
    async fn upload(&self, users: kit::Streaming<User>) -> Result<u64, kit::Status>;
}

fn main() {}
