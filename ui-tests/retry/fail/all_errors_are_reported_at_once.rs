#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    #[retry(attempts = 0, budget = -1, backoff = "soon", on(teapot), at = server, jitter = true)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
