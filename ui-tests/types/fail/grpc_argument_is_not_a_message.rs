pub struct User {
    name: String,
}

#[kit::service]
#[transport(grpc)]
pub trait Users {
    async fn add(&self, user: User) -> Result<u64, kit::Status>;
}

fn main() {}
