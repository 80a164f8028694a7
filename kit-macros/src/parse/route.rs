//! Parses HTTP paths: `/items/{id}/parts`.
//!
//! A segment of a path is text or one `{name}`. Patterns that match more or less
//! than one segment are not supported, as an argument is one value.

/// The segments of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) segments: Vec<Segment>,
}

/// One segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Literal text.
    Text(String),
    /// An argument.
    Argument(String),
}

/// The rule that a path breaks, and the way out.
pub(crate) type Problem = (String, String);

impl Route {
    /// Parses a path.
    pub(crate) fn parse(path: &str) -> Result<Self, Problem> {
        let Some(segments) = path.strip_prefix('/') else {
            return problem(
                format!("the path \"{path}\" does not start with a slash"),
                format!("write \"/{path}\""),
            );
        };
        if let Some(stray) = path.find(['?', '#']) {
            return problem(
                format!("the path \"{path}\" contains a query or a fragment"),
                format!(
                    "write \"{}\"; mark arguments of the query with `#[query]`",
                    &path[..stray]
                ),
            );
        }
        if segments.is_empty() {
            return Ok(Self {
                segments: Vec::new(),
            });
        }
        if segments.ends_with('/') {
            let kept = path.trim_end_matches('/');
            return problem(
                format!("the path \"{path}\" ends in a slash"),
                format!("write \"{}\"", if kept.is_empty() { "/" } else { kept }),
            );
        }
        let segments = segments
            .split('/')
            .map(|segment| Segment::parse(segment, path))
            .collect::<Result<_, _>>()?;
        Ok(Self { segments })
    }

    /// The names in braces.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Argument(name) => Some(name.as_str()),
            Segment::Text(_) => None,
        })
    }

    /// Whether a request could match both.
    pub(crate) fn collides(&self, other: &Self) -> bool {
        // The router prefers text to an argument, so only paths of the same
        // shape are ambiguous.
        self.segments.len() == other.segments.len()
            && self
                .segments
                .iter()
                .zip(&other.segments)
                .all(|pair| match pair {
                    (Segment::Text(a), Segment::Text(b)) => a == b,
                    (Segment::Argument(_), Segment::Argument(_)) => true,
                    _ => false,
                })
    }
}

impl Segment {
    fn parse(segment: &str, path: &str) -> Result<Self, Problem> {
        if segment.is_empty() {
            return problem(
                format!("the path \"{path}\" has an empty segment"),
                "write one slash between segments".to_owned(),
            );
        }
        if let Some(bad) = segment.find(|c: char| c.is_whitespace() || c.is_control()) {
            return problem(
                format!(
                    "the path \"{path}\" contains whitespace after \"{}\"",
                    &segment[..bad]
                ),
                "remove it, or write \"%20\"".to_owned(),
            );
        }
        if !segment.contains(['{', '}']) {
            return Self::text(segment, path);
        }
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) if !name.contains(['{', '}']) => Self::argument(name, path),
            _ if segment.contains("{{") || segment.contains("}}") => problem(
                format!("the braces of \"{segment}\" in \"{path}\" are doubled"),
                "write an argument as \"{name}\"".to_owned(),
            ),
            _ if segment.matches('{').count() == 1 && segment.matches('}').count() == 1 => problem(
                format!("the argument is only a part of the segment \"{segment}\" of \"{path}\""),
                "an argument is a whole segment: write \"/{name}\"".to_owned(),
            ),
            _ if segment.matches('{').count() == segment.matches('}').count() => problem(
                format!("the segment \"{segment}\" of \"{path}\" contains more than one argument"),
                "an argument is a whole segment: write \"/{name}\"".to_owned(),
            ),
            _ => problem(
                format!("the braces of \"{path}\" don't match"),
                "write an argument as \"{name}\"".to_owned(),
            ),
        }
    }

    fn text(segment: &str, path: &str) -> Result<Self, Problem> {
        if segment.contains('*') || segment.starts_with(':') {
            return problem(
                format!(
                    "the segment \"{segment}\" of \"{path}\" is a wildcard of another framework"
                ),
                "write an argument as \"{name}\"; it matches one segment".to_owned(),
            );
        }
        Ok(Self::Text(segment.to_owned()))
    }

    fn argument(name: &str, path: &str) -> Result<Self, Problem> {
        if name.is_empty() {
            return problem(
                format!("the path \"{path}\" has an argument with no name"),
                "write the argument's name, as in \"{id}\"".to_owned(),
            );
        }
        if name.contains('*') {
            return problem(
                format!("\"{{{name}}}\" in \"{path}\" is a wildcard"),
                "an argument matches one segment: write \"{name}\"".to_owned(),
            );
        }
        if name.contains(|c: char| !c.is_alphanumeric() && c != '_') {
            return problem(
                format!("\"{{{name}}}\" in \"{path}\" is not the name of an argument"),
                "write only the name, as in \"{id}\"; its type is in the signature".to_owned(),
            );
        }
        Ok(Self::Argument(name.to_owned()))
    }
}

fn problem<T>(rule: String, help: String) -> Result<T, Problem> {
    Err((rule, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_text_and_arguments() {
        let text = |text: &str| Segment::Text(text.to_owned());
        let argument = |name: &str| Segment::Argument(name.to_owned());
        let check = |path: &str, segments: Vec<Segment>| {
            assert_eq!(Route::parse(path), Ok(Route { segments }), "{path}");
        };
        check("/", vec![]);
        check("/sum", vec![text("sum")]);
        check(
            "/v1/items/{id}",
            vec![text("v1"), text("items"), argument("id")],
        );
        check("/{a}/{b_2}", vec![argument("a"), argument("b_2")]);
        check("/a.b~c-d:go", vec![text("a.b~c-d:go")]);
    }

    #[test]
    fn invalid_paths_are_explained() {
        let check = |path: &str, expected: &str| {
            let (rule, _) = Route::parse(path).expect_err(path);
            assert!(rule.contains(expected), "{path}: {rule}");
        };
        check("sum", "does not start with a slash");
        check("", "does not start with a slash");
        check("/a//b", "empty segment");
        check("/a/", "ends in a slash");
        check("/a?b=c", "a query or a fragment");
        check("/a#b", "a query or a fragment");
        check("/{a", "don't match");
        check("/a}", "don't match");
        check("/{{a}", "doubled");
        check("/{}", "no name");
        check("/{*rest}", "wildcard");
        check("/{rest...}", "not the name");
        check("/{id:int}", "not the name");
        check("/*", "wildcard");
        check("/:id", "wildcard");
        check("/x{id}", "only a part");
        check("/{a}{b}", "more than one argument");
        check("/a b", "whitespace");
    }

    #[test]
    fn only_paths_of_the_same_shape_collide() {
        let check = |a: &str, b: &str, expected: bool| {
            let parse = |path| Route::parse(path).expect("a path");
            assert_eq!(parse(a).collides(&parse(b)), expected, "{a} {b}");
        };
        check("/a/{x}", "/a/{y}", true);
        check("/a", "/a", true);
        check("/a/{x}", "/a/b", false);
        check("/a/{x}", "/b/{x}", false);
        check("/a", "/a/{x}", false);
    }
}
