//! Derives names from the user's: cases, raw identifiers, wire names.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

/// `sum_all` → `SumAll`
pub(crate) fn upper_camel(name: &str) -> String {
    let mut camel = String::new();
    let mut starts = true;
    for c in name.chars() {
        if c == '_' {
            starts = true;
        } else if std::mem::take(&mut starts) {
            camel.extend(c.to_uppercase());
        } else {
            camel.push(c);
        }
    }
    camel
}

/// `HttpThing` → `http_thing`, or with another separator.
pub(crate) fn separated(name: &str, separator: char) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut separated = String::new();
    for (index, &c) in chars.iter().enumerate() {
        if c == '_' {
            separated.push(separator);
            continue;
        }
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after_lower = before.is_some_and(|c| c.is_lowercase() || c.is_numeric());
        let word_follows = chars.get(index + 1).is_some_and(|c| c.is_lowercase());
        let after_upper = before.is_some_and(char::is_uppercase);
        if c.is_uppercase() && (after_lower || (after_upper && word_follows)) {
            separated.push(separator);
        }
        separated.extend(c.to_lowercase());
    }
    separated
}

/// An identifier, raw if the name is a keyword.
pub(crate) fn ident(name: &str, span: Span) -> Ident {
    match name {
        // The only keywords that can't be raw.
        "self" | "Self" | "super" | "crate" | "_" => Ident::new(&format!("{name}_"), span),
        _ => match syn::parse_str::<Ident>(name) {
            Ok(_) => Ident::new(name, span),
            Err(_) => Ident::new_raw(name, span),
        },
    }
}

/// The module of a trait: its name in snake case.
pub(crate) fn module(contract: &Ident) -> Ident {
    let name = wire(contract);
    let snake = separated(&name, '_');
    // The module of a lower-case trait would have the name of the trait.
    let snake = if snake == name {
        format!("{snake}_")
    } else {
        snake
    };
    ident(&snake, contract.span())
}

/// The name on the wire: without the `r#` of a raw identifier.
pub(crate) fn wire(ident: &Ident) -> String {
    ident.unraw().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_case() {
        let check = |name: &str, camel: &str, snake: &str, kebab: &str| {
            assert_eq!(upper_camel(name), camel);
            assert_eq!(separated(name, '_'), snake);
            assert_eq!(separated(name, '-'), kebab);
        };
        check("sum", "Sum", "sum", "sum");
        check("sum_all_2", "SumAll2", "sum_all_2", "sum-all-2");
        check("AddService", "AddService", "add_service", "add-service");
        check("HTTPProxy", "HTTPProxy", "http_proxy", "http-proxy");
        check("Repo2Go", "Repo2Go", "repo2_go", "repo2-go");
    }

    #[test]
    fn keywords_become_raw() {
        let check = |name: &str, expected: &str| {
            assert_eq!(ident(name, Span::call_site()).to_string(), expected);
        };
        check("type", "r#type");
        check("crate", "crate_");
        check("Self", "Self_");
        check("sum", "sum");
    }
}
