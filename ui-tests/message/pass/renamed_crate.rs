/// The crate as a re-export of another module.
mod vendored {
    pub use kit as renamed;
}

#[derive(vendored::renamed::Message)]
#[kit(crate = vendored::renamed, name = "acme.v1.Thing")]
struct Item {
    id: u64,
    color: Color,
}

#[derive(vendored::renamed::Message)]
#[kit(crate = vendored::renamed)]
enum Color {
    Red,
}

pub fn main() {
    use vendored::renamed::Message as _;
    let item = Item { id: 1, color: Color::Red };
    assert_eq!(&item.to_bytes()[..], b"\x08\x01");
    let _ = (item.id, item.color);
    assert_eq!(<Item as kit::Message>::NAME, "acme.v1.Thing");
}
