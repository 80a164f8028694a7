const PROBES: u32 = 0;

#[kit::service]
pub trait Users {
    #[breaker(failures = 5, probes = PROBES)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {
    let _ = users::DESCRIPTOR;
}
