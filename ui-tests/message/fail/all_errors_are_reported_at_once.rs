#[derive(kit::Message)]
#[kit(crat = kit)]
struct Item<'a> {
    #[tag(0)]
    id: usize,
    #[proto(sint32)]
    name: String,
    #[tag(3)]
    first: &'a str,
    #[tag(3)]
    second: char,
}

fn main() {}
