#[derive(kit::Message)]
enum Nothing {}

fn main() {}
