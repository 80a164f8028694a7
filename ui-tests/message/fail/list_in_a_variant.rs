#[derive(kit::Message)]
enum Answer {
    Many(Vec<u32>),
    Maybe(Option<u32>),
}

fn main() {}
