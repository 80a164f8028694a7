#[derive(kit::Message)]
enum Shape {
    Circle { radius: f64 },
    Rectangle(f64, f64),
    Point(),
}

fn main() {}
