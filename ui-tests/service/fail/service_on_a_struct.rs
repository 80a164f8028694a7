#[kit::service]
pub struct Add;

fn main() {}
