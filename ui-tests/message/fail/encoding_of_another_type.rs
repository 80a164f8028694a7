#[derive(kit::Message)]
struct Item {
    #[proto(sint32)]
    offset: i64,
    #[proto(fixed64)]
    name: String,
}

fn main() {}
