const BLUE: isize = 4;

#[derive(kit::Message)]
enum Color {
    Red,
    #[tag(0)]
    Green,
    Blue = BLUE,
    #[tag(3000000000)]
    Far,
}

fn main() {}
