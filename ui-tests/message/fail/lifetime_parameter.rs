#[derive(kit::Message)]
struct Item<'a> {
    name: &'a str,
}

fn main() {}
