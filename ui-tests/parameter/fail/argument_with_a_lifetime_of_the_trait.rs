#[kit::service]
pub trait Users<'a> {
    async fn find(&self, name: &'a str) -> Result<u64, kit::Status>;
}

fn main() {}
