#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    async fn find(&self, #[query("q")] name: String) -> Result<u64, kit::Status>;
}

fn main() {}
