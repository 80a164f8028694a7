//! Prints a file as the text that protoc reads.

use std::fmt::Write as _;

use super::file::{Enum, Field, File, Kind, Message, Method, Service, Type, Value};

/// The text of one file.
pub(super) fn file(file: &File) -> String {
    let mut out = Printer {
        text: "syntax = \"proto3\";\n".to_owned(),
        package: &file.package,
    };
    if !file.package.is_empty() {
        out.line(0, &format!("\npackage {};", file.package));
    }
    if !file.imports.is_empty() {
        out.text.push('\n');
    }
    for import in &file.imports {
        out.line(0, &format!("import \"{import}\";"));
    }
    for service in &file.services {
        out.service(service);
    }
    for ty in &file.types {
        match ty {
            Type::Message(message) => out.message(message),
            Type::Enum(values) => out.enumeration(values),
        }
    }
    out.text
}

struct Printer<'a> {
    text: String,
    package: &'a str,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        let indent = "  ".repeat(depth);
        // Writing to a string can't fail.
        let _ = writeln!(self.text, "{indent}{line}");
    }

    fn docs(&mut self, depth: usize, docs: &str) {
        for line in docs.lines() {
            self.line(depth, format!("// {line}").trim_end());
        }
    }

    fn service(&mut self, service: &Service) {
        self.text.push('\n');
        self.docs(0, &service.docs);
        self.line(0, &format!("service {} {{", service.name));
        for (index, method) in service.methods.iter().enumerate() {
            if index > 0 {
                self.text.push('\n');
            }
            self.method(method);
        }
        self.line(0, "}");
    }

    fn method(&mut self, method: &Method) {
        self.docs(1, &method.docs);
        let stream = |streams| if streams { "stream " } else { "" };
        let signature = format!(
            "rpc {}({}{}) returns ({}{})",
            method.name,
            stream(method.client_streaming),
            self.name(&method.request, &[]),
            stream(method.server_streaming),
            self.name(&method.response, &[]),
        );
        if !method.deprecated && !method.idempotent {
            return self.line(1, &format!("{signature};"));
        }
        self.line(1, &format!("{signature} {{"));
        if method.deprecated {
            self.line(2, "option deprecated = true;");
        }
        if method.idempotent {
            self.line(2, "option idempotency_level = IDEMPOTENT;");
        }
        self.line(1, "}");
    }

    fn message(&mut self, message: &Message) {
        self.text.push('\n');
        self.docs(0, &message.docs);
        if message.fields.is_empty() {
            return self.line(0, &format!("message {} {{}}", message.name));
        }
        self.line(0, &format!("message {} {{", message.name));
        let depth = if message.one_of { 2 } else { 1 };
        if message.one_of {
            self.line(1, &format!("oneof {} {{", message.one_of_name()));
        }
        let shadowed: Vec<String> = message
            .fields
            .iter()
            .filter_map(Field::entry_name)
            .collect();
        for field in &message.fields {
            self.field(depth, field, &shadowed);
        }
        if message.one_of {
            self.line(1, "}");
        }
        self.line(0, "}");
    }

    fn field(&mut self, depth: usize, field: &Field, shadowed: &[String]) {
        self.docs(depth, &field.docs);
        let ty = match &field.kind {
            Kind::Single(value) => self.value(value, shadowed),
            Kind::Optional(value @ Value::Message(_)) => self.value(value, shadowed),
            Kind::Optional(value) => format!("optional {}", self.value(value, shadowed)),
            Kind::Repeated(value) => format!("repeated {}", self.value(value, shadowed)),
            Kind::Map(key, value) => {
                format!("map<{}, {}>", key.name(), self.value(value, shadowed))
            }
        };
        let options = if field.deprecated {
            " [deprecated = true]"
        } else {
            ""
        };
        self.line(
            depth,
            &format!("{ty} {} = {}{options};", field.name, field.number),
        );
    }

    fn enumeration(&mut self, values: &Enum) {
        self.text.push('\n');
        self.docs(0, &values.docs);
        self.line(0, &format!("enum {} {{", values.name));
        for (name, number, docs) in &values.values {
            self.docs(1, docs);
            self.line(1, &format!("{name} = {number};"));
        }
        self.line(0, "}");
    }

    fn value(&self, value: &Value, shadowed: &[String]) -> String {
        match value {
            Value::Scalar(scalar) => scalar.name().to_owned(),
            Value::Message(name) | Value::Enum(name) => self.name(name, shadowed),
        }
    }

    /// The shortest form of a name that protoc's scoping rules allow; a leading dot
    /// makes it absolute.
    fn name(&self, full: &str, shadowed: &[String]) -> String {
        let (package, short) = full.rsplit_once('.').unwrap_or(("", full));
        if package == self.package && !shadowed.iter().any(|name| name == short) {
            return short.to_owned();
        }
        let first = full.split('.').next().unwrap_or(full);
        if package == "google.protobuf" && !self.package.split('.').any(|part| part == first) {
            return full.to_owned();
        }
        format!(".{full}")
    }
}
