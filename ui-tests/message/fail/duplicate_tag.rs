#[derive(kit::Message)]
struct Item {
    id: u64,
    #[tag(1)]
    name: String,
    #[tag(7)]
    size: u32,
    #[tag(7)]
    weight: u32,
}

fn main() {}
