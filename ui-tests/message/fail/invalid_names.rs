#[derive(kit::Message)]
#[kit(name = "acme..Item")]
struct Item {
    #[proto(name = "2nd")]
    second: u64,
    größe: u64,
    #[proto(name = "second")]
    first: u64,
    #[proto(name = "first")]
    third: u64,
    #[proto(name = "first")]
    fourth: u64,
}

fn main() {}
