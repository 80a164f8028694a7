pub trait Find {
    #[kit::breaker]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
