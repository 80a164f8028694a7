use kit::Message;

#[derive(kit::Message)]
struct Item {
    #[tag(0)]
    id: u64,
    name: &'static str,
}

#[derive(kit::Message)]
struct Borrowed<'a> {
    name: &'a str,
}

#[derive(kit::Message)]
enum Color {
    Red = 1,
}

#[derive(kit::Message)]
struct Order {
    items: Vec<Item>,
    first: Item,
    color: Option<Color>,
    colors: Vec<Color>,
}

fn main() {
    let order = Order {
        items: Vec::new(),
        first: Item { id: 1, name: "nail" },
        color: Some(Color::Red),
        colors: Vec::new(),
    };
    let _ = Order::decode(order.to_bytes());
}
