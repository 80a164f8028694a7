#[derive(kit::Message)]
enum Color<T: Default> {
    Red,
    Green,
}

fn main() {}
