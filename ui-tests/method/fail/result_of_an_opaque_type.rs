#[kit::service]
pub trait Users {
    async fn all(&self) -> Result<impl Iterator<Item = String>, kit::Status>;
}

fn main() {}
