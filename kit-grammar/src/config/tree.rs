//! Values by name, wherever they come from.
//!
//! A file is a tree, and a variable or a key that is set by hand is a branch
//! of one: so the three are read by the same code, and differ in how their
//! names are spelled.

use super::error::Origin;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub origin: Origin,
    /// What it is.
    pub content: Content,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Values by name.
    Table(Vec<Entry>),
    /// Values in a row.
    List(Vec<Node>),
    /// A text.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// A switch.
    Bool(bool),
    /// What no key takes.
    Other(&'static str),
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name, as it is written.
    pub name: String,
    /// Where the name stands.
    pub origin: Origin,
    /// The value.
    pub node: Node,
}

/// How names are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As in the contract.
    Exact,
    /// As in the environment.
    UpperSnake,
}

/// All that one source says of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Which service.
    pub name: Name,
    /// Where the name stands.
    pub origin: Origin,
    /// What it says.
    pub entries: Vec<Entry>,
}

/// Which service a section is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// The service of this name.
    Exact(String),
    /// The service of this name, as the environment spells it.
    UpperSnake(String),
    /// The service whose name starts this key; the entries follow from it.
    Key(String),
}

impl Section {
    /// What it says of a service, if it is about that one.
    pub fn about(&self, service: &str) -> Option<Vec<Entry>> {
        match &self.name {
            Name::Exact(name) => (name == service).then(|| self.entries.clone()),
            Name::UpperSnake(name) => (*name == upper_snake(service)).then(|| self.entries.clone()),
            Name::Key(key) => {
                let rest = key.strip_prefix(service)?.strip_prefix('.')?;
                let parts: Vec<&str> = rest.split('.').collect();
                let leaf = self.entries.first()?;
                Some(vec![branch(&parts, &leaf.node)])
            }
        }
    }

    /// How its names are spelled.
    pub(super) fn spelling(&self) -> Spelling {
        match self.name {
            Name::UpperSnake(_) => Spelling::UpperSnake,
            Name::Exact(_) | Name::Key(_) => Spelling::Exact,
        }
    }

    /// The service's name as far as it is known.
    pub fn service(&self) -> &str {
        match &self.name {
            Name::Exact(name) | Name::UpperSnake(name) | Name::Key(name) => name,
        }
    }
}

/// A tree of one branch: a table in a table for each part but the last.
pub fn branch(parts: &[&str], leaf: &Node) -> Entry {
    let (first, rest) = parts.split_first().unwrap_or((&"", &[]));
    let node = if rest.is_empty() {
        leaf.clone()
    } else {
        Node {
            origin: leaf.origin.clone(),
            content: Content::Table(vec![branch(rest, leaf)]),
        }
    };
    Entry {
        name: (*first).to_owned(),
        origin: leaf.origin.clone(),
        node,
    }
}

/// A name as the environment spells it: words in capitals with one underscore
/// between them.
pub fn upper_snake(name: &str) -> String {
    let mut upper = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (index, c) in chars.iter().copied().enumerate() {
        if !c.is_alphanumeric() {
            separate(&mut upper);
            continue;
        }
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let word_starts = c.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|after| after.is_lowercase()));
        if word_starts {
            separate(&mut upper);
        }
        upper.extend(c.to_uppercase());
    }
    while upper.ends_with('_') {
        upper.pop();
    }
    upper
}

fn separate(upper: &mut String) {
    if !upper.is_empty() && !upper.ends_with('_') {
        upper.push('_');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_in_capitals() {
        let check = |name: &str, expected: &str| assert_eq!(upper_snake(name), expected);
        check("pb.Add", "PB_ADD");
        check("sum", "SUM");
        check(
            "acme.billing.v1.InvoiceService",
            "ACME_BILLING_V1_INVOICE_SERVICE",
        );
        check("HTTPServer", "HTTP_SERVER");
        check("get_item", "GET_ITEM");
        check("_hidden__twice_", "HIDDEN_TWICE");
        check("my-shop.Cart", "MY_SHOP_CART");
        check("r#type", "R_TYPE");
        check("añadir", "AÑADIR");
        check("V2Add", "V2_ADD");
    }
}
