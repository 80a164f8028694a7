#[derive(kit::Message)]
struct Item {
    rows: Vec<Vec<u32>>,
    holes: Vec<Option<u32>>,
    maybe: Option<Vec<u32>>,
}

fn main() {}
