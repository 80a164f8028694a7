#[kit::service]
pub trait Store {
    async fn put<const N: usize>(&self, value: Vec<u8>) -> Result<(), kit::Status>;
}

fn main() {}
