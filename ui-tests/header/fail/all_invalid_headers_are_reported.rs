#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    async fn find(&self, #[header] a: String, #[header("x tenant")] b: String, #[header("ok")] c: String) -> Result<u64, kit::Status>;
}

fn main() {}
