#[derive(kit::Message)]
struct Item {
    #[tag = 3]
    id: u64,
    #[tag("4")]
    name: String,
    #[tag]
    size: u64,
    #[tag(5, 6)]
    weight: u64,
}

fn main() {}
