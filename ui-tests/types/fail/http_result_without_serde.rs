pub struct User {
    name: String,
}

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<User, kit::Status>;
}

fn main() {}
