#[derive(kit::Message)]
enum Shape {
    HttpFrame(u32),
    HTTPFrame(u32),
    #[tag(2)]
    Other(u32),
}

fn main() {}
