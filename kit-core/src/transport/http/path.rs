//! The path of a route, in a normal form for comparison.

use std::fmt::Write as _;

use super::percent;

/// A path whose arguments are numbered, not named: two routes that differ in
/// the names alone match the same requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The normal form, as in `/items/{a0}/tags/{*a1}`, its static parts
    /// percent-encoded.
    pub(super) text: String,
    /// The names, in order.
    pub(super) names: Vec<&'static str>,
}

impl Pattern {
    /// Parses the path of a route as written in an attribute.
    pub(super) fn parse(route: &'static str) -> Result<Self, String> {
        if !route.starts_with('/') {
            return Err("a path starts with `/`".to_owned());
        }
        let mut pattern = Self {
            text: String::with_capacity(route.len()),
            names: Vec::new(),
        };
        let mut rest = route;
        while let Some((before, from)) = rest.split_once('{') {
            pattern.push_static(before)?;
            let Some((name, after)) = from.split_once('}') else {
                return Err("a `{` has no `}`".to_owned());
            };
            pattern.push_argument(name)?;
            rest = after;
        }
        pattern.push_static(rest)?;
        Ok(pattern)
    }

    fn push_static(&mut self, text: &str) -> Result<(), String> {
        if text.contains('}') {
            return Err("a `}` has no `{`".to_owned());
        }
        let encoded = percent::encode_path(text).to_string();
        let normal = percent::normalize(&encoded).map_err(|error| error.to_string())?;
        self.text.push_str(&normal);
        Ok(())
    }

    fn push_argument(&mut self, name: &'static str) -> Result<(), String> {
        let (star, name) = match name.strip_prefix('*') {
            Some(name) => ("*", name),
            None => ("", name),
        };
        if name.is_empty() || name.contains(['{', '/', '*']) {
            return Err(format!("`{{{name}}}` is not a valid argument"));
        }
        let number = self.names.len();
        // Writing to a string can't fail.
        let _ = write!(self.text, "{{{star}a{number}}}");
        self.names.push(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_numbers_for_names() {
        let check = |route, text: &str, names: &[&str]| {
            let pattern = Pattern::parse(route).expect("a route");
            assert_eq!(pattern.text, text);
            assert_eq!(pattern.names, names);
        };
        check("/sum", "/sum", &[]);
        check("/", "/", &[]);
        check("/a/{id}/{rest}.json", "/a/{a0}/{a1}.json", &["id", "rest"]);
        check("/files/{*path}", "/files/{*a0}", &["path"]);
        check("/gr\u{f6}sse x", "/gr%C3%B6sse%20x", &[]);
        check("/%73um", "/sum", &[]);
    }

    #[test]
    fn an_invalid_path_is_an_error() {
        let check = |route, expected: &str| {
            assert_eq!(Pattern::parse(route), Err(expected.to_owned()));
        };
        check("sum", "a path starts with `/`");
        check("/{id", "a `{` has no `}`");
        check("/id}", "a `}` has no `{`");
        check("/{}", "`{}` is not a valid argument");
        check("/%zz", "invalid percent-encoding `%zz`");
    }
}
