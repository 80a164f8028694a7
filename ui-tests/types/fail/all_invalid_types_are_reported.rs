pub struct User {
    name: String,
}
pub struct Receipt;
#[derive(Debug)]
pub struct Failure;

#[kit::service]
pub trait Users {
    async fn add(&self, user: User) -> Result<Receipt, Failure>;
}

fn main() {}
