#[kit::breaker(failures = 0, colour = "red", at = server)]
pub fn find(id: u64) -> u64 {
    id
}

fn main() {}
