#[kit::service]
pub trait Users {
    #[fallback(one, two)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

async fn one() {}
async fn two() {}

fn main() {}
