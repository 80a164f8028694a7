#[derive(kit::Message)]
enum Color {
    Red,
    #[other]
    Other,
}

#[derive(kit::Message)]
enum Level {
    Low,
    #[other]
    #[tag(3)]
    Some(i32),
    #[other]
    More(i32),
}

fn main() {}
