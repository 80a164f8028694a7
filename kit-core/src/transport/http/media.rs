//! Media types: whether a body is JSON, and whether a caller accepts JSON.

use http::HeaderValue;

/// Whether a `content-type` is JSON in UTF-8: `application/json` or any
/// `+json`, with any parameters but another charset.
pub(super) fn is_json(content_type: &HeaderValue) -> bool {
    let value = content_type.as_bytes();
    value == b"application/json" || content_type.to_str().is_ok_and(is_json_spelled_out)
}

fn is_json_spelled_out(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    is_json_essence(essence) && parts.all(is_utf8_parameter)
}

fn is_json_essence(essence: &str) -> bool {
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let suffix = |text: &str| {
        let at = text.len().checked_sub(5)?;
        text.get(at..).map(|end| end.eq_ignore_ascii_case("+json"))
    };
    (kind.eq_ignore_ascii_case("application") && subtype.eq_ignore_ascii_case("json"))
        || (!kind.is_empty() && subtype.len() > 5 && suffix(subtype) == Some(true))
}

/// Whether a parameter is compatible with UTF-8: all are, but other charsets.
fn is_utf8_parameter(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim_end().eq_ignore_ascii_case("charset") => {
            let value = value.trim_start().trim_matches('"');
            value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    }
}

/// Whether an `accept` header covers `application/json`. Of the ranges that
/// cover it the most specific decides (RFC 9110).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accept {
    best: Option<(Range, bool)>,
    seen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Range {
    Anything,
    Application,
    Json,
}

impl Accept {
    /// Reads one `accept` header; there may be several.
    pub(super) fn read(&mut self, value: &HeaderValue) {
        self.seen = true;
        match value.as_bytes() {
            b"*/*" => self.consider(Range::Anything, true),
            b"application/json" => self.consider(Range::Json, true),
            _ => {
                let ranges = value.to_str().unwrap_or_default();
                for range in ranges.split(',') {
                    self.read_range(range);
                }
            }
        }
    }

    fn read_range(&mut self, text: &str) {
        let mut parts = text.split(';').map(str::trim);
        let range = match parts.next().unwrap_or_default() {
            "*/*" => Range::Anything,
            name if name.eq_ignore_ascii_case("application/*") => Range::Application,
            name if name.eq_ignore_ascii_case("application/json") => Range::Json,
            _ => return,
        };
        let excluded = parts.any(|parameter| match parameter.split_once('=') {
            Some((name, weight)) if name.trim_end().eq_ignore_ascii_case("q") => {
                weight.trim_start().parse() == Ok(0.0)
            }
            _ => false,
        });
        self.consider(range, !excluded);
    }

    fn consider(&mut self, range: Range, accepted: bool) {
        if self.best.is_none_or(|(best, _)| best <= range) {
            self.best = Some((range, accepted));
        }
    }

    /// Whether the response may be JSON; without an `accept` header it may.
    pub(super) fn accepts_json(self) -> bool {
        match self.best {
            Some((_, accepted)) => accepted,
            None => !self.seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf8_is_accepted() {
        let check = |value: &'static str, expected| {
            assert_eq!(
                is_json(&HeaderValue::from_static(value)),
                expected,
                "{value}"
            );
        };
        check("application/json", true);
        check("Application/JSON", true);
        check("application/json; charset=utf-8", true);
        check("application/json;charset=\"UTF-8\"; x=y", true);
        check("application/problem+json", true);
        check("application/vnd.api+JSON", true);
        check("application/json; charset=latin1", false);
        check("application/jsonp", false);
        check("application/+json", false);
        check("text/json", false);
        check("text/plain", false);
        check("application/x-www-form-urlencoded", false);
        check("+json", false);
        check("", false);
        assert!(!is_json(
            &HeaderValue::from_bytes(b"application/json\xff").expect("opaque")
        ));
    }

    #[test]
    fn the_most_specific_range_decides() {
        let check = |values: &[&'static str], expected| {
            let mut accept = Accept::default();
            for value in values {
                accept.read(&HeaderValue::from_static(value));
            }
            assert_eq!(accept.accepts_json(), expected, "{values:?}");
        };
        check(&[], true);
        check(&["*/*"], true);
        check(&["application/json"], true);
        check(&["text/html, application/*;q=0.5"], true);
        check(&["text/html", "application/json"], true);
        check(&["text/html, */*;q=0.1"], true);
        check(&["text/html"], false);
        check(&["text/*"], false);
        check(&["application/json;q=0, */*"], false);
        check(&["*/*, application/json; q=0.000"], false);
        check(&["application/*;q=0, application/json"], true);
        check(&[""], false);
    }
}
