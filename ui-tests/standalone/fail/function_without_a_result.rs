#[kit::breaker(failures = 5)]
pub async fn find(id: u64) -> u64 {
    id
}

#[kit::shed]
pub async fn count() {}

fn main() {}
