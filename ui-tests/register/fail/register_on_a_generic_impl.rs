#[derive(Default)]
struct Basic<T>(T);

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service(register)]
impl<T: Send + Sync + Default + 'static> Users for Basic<T> {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {}
