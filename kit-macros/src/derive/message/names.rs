//! Names in the style of protobuf.

use syn::Ident;

/// The name without the `r#` of a raw identifier.
pub(super) fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// `HttpError` and `HTTPError` as `http_error`.
pub(super) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let starts_word = c.is_uppercase()
            && at > 0
            && chars[at - 1] != '_'
            && (!chars[at - 1].is_uppercase()
                || chars.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if starts_word {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Whether it is an identifier of protobuf.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_separated_in_snake_case() {
        for (name, expected) in [
            ("Circle", "circle"),
            ("HttpError", "http_error"),
            ("HTTPError", "http_error"),
            ("V2", "v2"),
            ("Already_Snake", "already_snake"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }
}
