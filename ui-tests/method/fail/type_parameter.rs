#[kit::service]
pub trait Store {
    async fn put<T: Send>(&self, value: T) -> Result<(), kit::Status>;
}

fn main() {}
