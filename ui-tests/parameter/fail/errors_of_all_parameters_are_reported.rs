#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    async fn rename(
        &self,
        #[path] user: u64,
        #[tag(0)] name: &str,
        #[header("x tenant")] tenant: String,
        #[body] rest: String,
    ) -> Result<(), kit::Status>;
}

fn main() {}
