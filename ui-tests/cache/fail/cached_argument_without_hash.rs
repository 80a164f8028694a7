#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Filter {
    pub name: String,
}

#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s")]
    async fn find(&self, filter: Filter) -> Result<u64, kit::Status>;
}

fn main() {}
