//! The `.proto` files of services, for documents and for reflection.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use super::descriptor::{FileDescriptorProto, FileDescriptorSet};
use super::file::{Field, File, Type, join};
use super::{describe, layout, print};
use crate::codec::proto::Message as _;
use crate::model::descriptor::ServiceDescriptor;

/// The `.proto` files of services and of all types that they use, including
/// Google's well-known types: as text, and as the descriptors that protoc would
/// make of it.
///
/// ```
/// # let service = kit::ServiceDescriptor::new("pb.Nothing", "Does nothing.", &[]);
/// use kit::contract::proto::FileSet;
///
/// let files = FileSet::new(&[&service]);
/// assert_eq!(files.file_of("pb.Nothing"), Some("pb.proto"));
/// assert_eq!(
///     files.text("pb.proto").as_deref(),
///     Some("syntax = \"proto3\";\n\npackage pb;\n\n// Does nothing.\nservice Nothing {\n}\n"),
/// );
/// ```
#[derive(Debug)]
pub struct FileSet {
    files: Vec<File>,
    descriptors: HashMap<String, FileDescriptorProto>,
    /// Full name → file.
    symbols: HashMap<String, String>,
}

impl FileSet {
    /// Lays out the files of these services.
    pub fn new(services: &[&ServiceDescriptor]) -> Self {
        let files = layout::layout(services);
        let (mut symbols, mut descriptors) = (HashMap::new(), HashMap::new());
        for file in &files {
            for symbol in symbols_of(file) {
                symbols.insert(symbol, file.name.clone());
            }
            descriptors.insert(file.name.clone(), describe::file(file));
        }
        Self {
            files,
            descriptors,
            symbols,
        }
    }

    /// The names of the files, as in `acme/v1.proto` for the package
    /// `acme.v1`; including those of Google's types.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| &*file.name)
    }

    /// The file that defines a service, a method, a message, a field, an enum
    /// or its value, by the full name without a leading dot; `None` if there is
    /// no such symbol.
    pub fn file_of(&self, symbol: &str) -> Option<&str> {
        self.symbols.get(symbol).map(String::as_str)
    }

    /// A file as an encoded `google.protobuf.FileDescriptorProto`; `None` if there
    /// is no such file.
    pub fn descriptor(&self, name: &str) -> Option<Bytes> {
        self.descriptors
            .get(name)
            .map(FileDescriptorProto::to_bytes)
    }

    /// The descriptors of a file and of all its imports, itself first, as in a
    /// response of reflection. Empty if there is no such file.
    pub fn descriptor_with_imports(&self, name: &str) -> Vec<Bytes> {
        self.closure(name)
            .into_iter()
            .filter_map(|name| self.descriptor(name))
            .collect()
    }

    /// All files as an encoded `google.protobuf.FileDescriptorSet`, each after its
    /// imports.
    pub fn descriptor_set(&self) -> Bytes {
        let mut done = HashSet::new();
        let mut set = FileDescriptorSet::default();
        for file in &self.files {
            let mut names = self.closure(&file.name);
            names.reverse();
            for name in names {
                if done.insert(name)
                    && let Some(descriptor) = self.descriptors.get(name)
                {
                    set.file.push(descriptor.clone());
                }
            }
        }
        set.to_bytes()
    }

    /// The text of a file, as protoc reads it; `None` if there is no such file.
    pub fn text(&self, name: &str) -> Option<String> {
        let file = self.files.iter().find(|file| file.name == name)?;
        Some(print::file(file))
    }

    /// A file and all its imports, each before its own imports.
    fn closure<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let files = by_name(&self.files);
        let mut found = (HashSet::new(), Vec::new());
        visit(&files, name, &mut found);
        found.1.reverse();
        found.1
    }
}

/// Appends a file after all its imports.
fn visit<'a>(
    files: &HashMap<&'a str, &'a File>,
    name: &str,
    found: &mut (HashSet<&'a str>, Vec<&'a str>),
) {
    let Some((name, file)) = files.get_key_value(name) else {
        return;
    };
    if found.0.insert(name) {
        for import in &file.imports {
            visit(files, import, found);
        }
        found.1.push(name);
    }
}

impl ServiceDescriptor {
    /// The service as a `.proto` file that protoc accepts: its methods over
    /// gRPC, the messages, and the documentation of both.
    ///
    /// Types with a package of their own are imported from the file of that
    /// package, which is in [`FileSet`] too.
    pub fn proto(&self) -> String {
        let files = FileSet::new(&[self]);
        files
            .file_of(self.name)
            .and_then(|name| files.text(name))
            .unwrap_or_default()
    }
}

/// The files by their names.
fn by_name(files: &[File]) -> HashMap<&str, &File> {
    files.iter().map(|file| (&*file.name, file)).collect()
}

/// The full names that a file defines.
fn symbols_of(file: &File) -> Vec<String> {
    let mut symbols = Vec::new();
    for service in &file.services {
        let name = join(&file.package, &service.name);
        symbols.extend(
            service
                .methods
                .iter()
                .map(|method| join(&name, &method.name)),
        );
        symbols.push(name);
    }
    for ty in &file.types {
        match ty {
            Type::Message(message) => {
                let name = join(&file.package, &message.name);
                let fields = message.fields.iter();
                symbols.extend(fields.clone().map(|field| join(&name, &field.name)));
                symbols.extend(
                    fields
                        .filter_map(Field::entry_name)
                        .map(|entry| join(&name, &entry)),
                );
                symbols.push(name);
            }
            Type::Enum(values) => {
                symbols.push(join(&file.package, &values.name));
                let names = values.values.iter();
                symbols.extend(names.map(|(name, ..)| join(&file.package, name)));
            }
        }
    }
    symbols
}
