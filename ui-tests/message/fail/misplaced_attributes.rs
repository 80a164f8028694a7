#[derive(kit::Message)]
#[tag(3)]
struct Item {
    #[kit(name = "number")]
    id: u64,
    #[other]
    rest: u64,
}

#[derive(kit::Message)]
enum Shape {
    Circle(#[tag(3)] f64),
    #[other]
    Unknown(i32),
}

fn main() {}
