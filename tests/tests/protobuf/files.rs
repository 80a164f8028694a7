//! The `.proto` files that a service prints, compared by a protobuf compiler.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use kit::contract::proto::FileSet;
use kit::{ServiceDescriptor, Status, Streaming};
use prost::Message as _;
use prost_types::source_code_info::Location;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

/// What a shelf holds.
///
/// A second paragraph; it's "quoted" */ and not a comment's end.
#[derive(Debug, kit::Message)]
pub struct Item {
    /// The number on the label.
    pub id: u64,
    pub name: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub parts: Vec<Item>,
    pub parent: Option<Box<Item>>,
    #[tag(20)]
    #[deprecated]
    pub color: Color,
    pub shade: Option<Color>,
    pub shape: Option<Shape>,
    pub made: SystemTime,
    pub lasts: Option<Duration>,
    #[proto(sint32)]
    pub offset: i32,
    #[proto(fixed64)]
    pub hashes: Vec<u64>,
    pub by_id: HashMap<u32, other::Item>,
    pub tags_entry: TagsEntry,
    pub r#type: u8,
    pub blobs: Vec<Vec<u8>>,
    pub prices: Vec<money::Money>,
}

/// It has the name that protobuf gives the entries of `Item.tags`.
#[derive(Debug, kit::Message)]
pub struct TagsEntry {
    pub nothing: (),
}

/// A colour.
#[derive(Debug, kit::Message)]
pub enum Color {
    DarkRed = 2,
    /// No light.
    Black = 0,
    Infrared = -1,
}

/// One of some forms.
#[derive(Debug, kit::Message)]
pub enum Shape {
    Circle(f64),
    /// A name that the oneof would like to have.
    Value(String),
    Nothing,
    #[tag(9)]
    Http2Frame(Box<Item>),
}

pub mod other {
    /// Another type of the same name.
    #[derive(Debug, kit::Message)]
    pub struct Item {
        pub weight: f32,
    }
}

pub mod money {
    /// It lives in a package of its own.
    #[derive(Debug, kit::Message)]
    #[kit(name = "acme.money.v1.Money")]
    pub struct Money {
        pub units: i64,
        pub currency: Currency,
    }

    #[derive(Debug, kit::Message)]
    pub enum Currency {
        Unspecified,
        Euro,
    }
}

#[derive(Debug, kit::Message)]
pub struct Page<T> {
    pub items: Vec<T>,
}

/// Keeps items.
#[kit::service(name = "acme.v1.Store")]
#[transport(grpc)]
pub trait Store {
    /// Finds one.
    #[endpoint(idempotent)]
    async fn find(&self, id: u64, deep: Option<bool>) -> Result<Item, Status>;
    async fn put(&self, #[body] item: Item) -> Result<(), Status>;
    #[deprecated]
    async fn names(&self, #[tag(7)] after: String) -> Result<Vec<String>, Status>;
    async fn pages(&self) -> Result<Page<Item>, Status>;
    async fn other_pages(&self) -> Result<Page<other::Item>, Status>;
    async fn watch(&self, since: SystemTime) -> Result<Streaming<Item>, Status>;
    async fn color(&self, of: Color) -> Result<Color, Status>;
}

/// It shares a package and a method's name with the other.
#[kit::service(name = "acme.v1.Archive")]
#[transport(grpc)]
pub trait Archive {
    async fn find(&self, year: u16) -> Result<Item, Status>;
}

/// Its package is no package.
#[kit::service]
#[transport(grpc)]
pub trait Ping {
    async fn ping(&self) -> Result<(), Status>;
}

/// Descriptors that protox, an independent compiler, makes of the printed text.
struct Text(BTreeMap<String, String>);

impl protox::file::FileResolver for Text {
    fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
        match self.0.get(name) {
            Some(text) => protox::file::File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn compiled(files: &FileSet) -> Vec<FileDescriptorProto> {
    let text = files
        .names()
        .filter(|name| !name.starts_with("google/"))
        .map(|name| (name.to_owned(), files.text(name).expect("it is listed")))
        .collect();
    let mut resolver = protox::file::ChainFileResolver::new();
    resolver.add(Text(text));
    resolver.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    for name in files.names() {
        compiler.open_file(name).unwrap_or_else(|error| {
            panic!("{error:?}\n{}", files.text(name).unwrap_or_default());
        });
    }
    let mut files = compiler.file_descriptor_set().file;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn described(files: &FileSet) -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(files.descriptor_set()).expect("it is a descriptor set");
    let mut files = set.file;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Comments by path, without their positions in the text, which only the
/// compiler knows.
fn comments(file: &mut FileDescriptorProto) -> BTreeMap<Vec<i32>, String> {
    let info = file.source_code_info.take().unwrap_or_default();
    let comment = |location: Location| Some((location.path, location.leading_comments?));
    info.location.into_iter().filter_map(comment).collect()
}

#[track_caller]
fn agrees(services: &[&ServiceDescriptor]) {
    let files = FileSet::new(services);
    let (ours, theirs) = (described(&files), compiled(&files));
    assert_eq!(ours.len(), theirs.len());
    for (mut ours, mut theirs) in ours.into_iter().zip(theirs) {
        if ours.package() == "google.protobuf" {
            // Google's own file also has options for other languages.
            assert_eq!(ours.name, theirs.name);
            assert_eq!(ours.message_type, theirs.message_type);
            continue;
        }
        assert_eq!(comments(&mut ours), comments(&mut theirs));
        assert_eq!(ours, theirs);
    }
}

#[test]
fn printed_files_compile_to_the_same_descriptors() {
    agrees(&[&store::DESCRIPTOR]);
    agrees(&[&ping::DESCRIPTOR]);
    agrees(&[&store::DESCRIPTOR, &archive::DESCRIPTOR, &ping::DESCRIPTOR]);
}

#[test]
fn printed_files_match_the_snapshot() {
    let expected = include_str!("store.proto");
    let text = store::DESCRIPTOR.proto();
    if std::env::var_os("KIT_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/protobuf/store.proto");
        std::fs::write(path, &text).expect("a writable source tree");
        return;
    }
    assert_eq!(text, expected);
}

#[test]
fn a_symbol_resolves_to_its_file_and_imports() {
    let files = FileSet::new(&[&store::DESCRIPTOR, &archive::DESCRIPTOR]);
    for symbol in [
        "acme.v1.Store",
        "acme.v1.Archive",
        "acme.v1.Store.Find",
        "acme.v1.Item",
        "acme.v1.Item2",
        "acme.v1.Item.id",
        "acme.v1.COLOR_DARK_RED",
        "acme.v1.FindRequest2",
    ] {
        assert_eq!(files.file_of(symbol), Some("acme/v1.proto"), "{symbol}");
    }
    assert_eq!(
        files.file_of("acme.money.v1.Money"),
        Some("acme/money/v1.proto")
    );
    assert_eq!(
        files.file_of("google.protobuf.Timestamp"),
        Some("google/protobuf/timestamp.proto")
    );
    assert_eq!(files.file_of("acme.v1.Nothing"), None);

    let names: Vec<String> = files
        .descriptor_with_imports("acme/v1.proto")
        .into_iter()
        .map(|bytes| FileDescriptorProto::decode(bytes).expect("a file"))
        .map(|file| file.name().to_owned())
        .collect();
    assert_eq!(names[0], "acme/v1.proto");
    let mut rest = names[1..].to_vec();
    rest.sort();
    assert_eq!(
        rest,
        [
            "acme/money/v1.proto",
            "google/protobuf/duration.proto",
            "google/protobuf/empty.proto",
            "google/protobuf/timestamp.proto",
        ]
    );
    assert!(files.descriptor_with_imports("nothing.proto").is_empty());
}
