pub struct Basic;

#[kit::service(dynamic)]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

pub fn make() -> DynUsers {
    DynUsers::new(Basic)
}

fn main() {}
