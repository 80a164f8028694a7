use kit::Message;

/// A type that a macro emits, whose identifiers have the macro's hygiene.
macro_rules! message {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Debug, Default, PartialEq, kit::Message)]
        struct $name {
            $($field: $type,)*
            out: Vec<u32>,
            #[proto(sint32)]
            input: i32,
            current: Option<Box<$name>>,
        }
    };
}

message!(Item { r#type: String, key: u32, value: Option<u64> });

#[derive(Debug, PartialEq, kit::Message)]
enum r#Kind {
    r#Self_(u32),
    value(String),
    current(u64),
}

pub fn main() {
    let item = Item { r#type: "t".into(), key: 1, ..Item::default() };
    assert_eq!(&item.to_bytes()[..], b"\x0a\x01t\x10\x01");
    let kind = Kind::value("a".into());
    assert_eq!(Kind::decode(kind.to_bytes()), Ok(kind));
    let _ = (Kind::current(1), Kind::Self_(2));
}
