#[derive(kit::Message)]
struct Item {
    count: usize,
    offset: isize,
    initial: char,
    id: u128,
    pair: (u32, u32),
    hash: [u8; 32],
}

fn main() {}
