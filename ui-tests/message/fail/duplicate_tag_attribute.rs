#[derive(kit::Message)]
struct Item {
    #[tag(1)]
    #[tag(2)]
    id: u64,
}

fn main() {}
