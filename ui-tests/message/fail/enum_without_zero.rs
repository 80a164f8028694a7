#[derive(kit::Message)]
enum Color {
    Red = 1,
    Green,
}

fn main() {}
