#[derive(serde::Serialize, serde::Deserialize)]
pub struct Filter {
    pub name: String,
}

#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempts = 3)]
    async fn find(&self, filter: Filter) -> Result<u64, kit::Status>;
}

fn main() {}
