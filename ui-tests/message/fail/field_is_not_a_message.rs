pub struct Price;

#[derive(kit::Message)]
struct Item {
    id: u64,
    price: Price,
}

fn main() {}
