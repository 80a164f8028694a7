#[kit::service]
#[transport(http)]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn find(&self, #[tag(2)] id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
