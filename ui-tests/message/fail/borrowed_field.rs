#[derive(kit::Message)]
struct Item {
    name: &'static str,
    bytes: &'static [u8],
}

fn main() {}
