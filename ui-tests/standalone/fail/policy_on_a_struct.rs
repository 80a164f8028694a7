#[kit::rate_limit("10/s")]
pub struct Users;

fn main() {}
