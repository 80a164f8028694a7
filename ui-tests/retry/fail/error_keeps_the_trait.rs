struct Basic;

#[kit::service]
pub trait Users {
    #[retry(attempts = 0)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
#[rate_limit("often")]
impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {
    // The generated items exist after the error: this is the only other mistake.
    let () = UsersClient::local(Basic).find(1);
}
