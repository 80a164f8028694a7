//! The metadata of a call: HTTP headers, gRPC metadata.

use std::fmt;

use base64::engine::general_purpose::{GeneralPurpose, STANDARD_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// The header with the number of previous attempts of a call. The name is
/// gRPC's.
pub(crate) const PREVIOUS_ATTEMPTS: &str = "grpc-previous-rpc-attempts";

/// The base64 decoder of `-bin` values. Padding is optional: the gRPC
/// specification requires receivers to accept both forms.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An ordered multimap of metadata.
///
/// Names are case-insensitive. A name that ends in `-bin` has bytes as its
/// value, which every transport encodes as base64, as in gRPC.
///
/// ```
/// use kit::Metadata;
///
/// let mut metadata = Metadata::new();
/// metadata.insert("x-tenant", "blue")?;
/// metadata.insert_bin("x-key-bin", b"\x00\x01")?;
/// assert_eq!(metadata.get("X-Tenant"), Some("blue"));
/// assert_eq!(metadata.get_bin("x-key-bin").as_deref(), Some(&b"\x00\x01"[..]));
/// # Ok::<(), kit::InvalidMetadata>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Metadata(HeaderMap);

/// The error of a name or a value that is not valid as metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMetadata {
    name: String,
    problem: &'static str,
}

impl fmt::Display for InvalidMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "metadata `{}`: {}", self.name, self.problem)
    }
}

impl std::error::Error for InvalidMetadata {}

impl Metadata {
    /// Empty metadata; it allocates on the first insertion.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first value of a name, if it is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    /// Every value of a name that is text, in order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .get_all(name)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// The first value of a `-bin` name, decoded; `None` if it is not base64.
    pub fn get_bin(&self, name: &str) -> Option<Bytes> {
        let value = self.0.get(name)?;
        LENIENT.decode(value.as_bytes()).ok().map(Bytes::from)
    }

    /// Sets a name to one value.
    ///
    /// # Errors
    /// The name is not a valid header name or ends in `-bin`, or the value has
    /// characters that a header can't have.
    pub fn insert(&mut self, name: &str, value: impl AsRef<str>) -> Result<(), InvalidMetadata> {
        let (name, value) = text(name, value.as_ref())?;
        self.0.insert(name, value);
        Ok(())
    }

    /// Adds a value to a name.
    ///
    /// # Errors
    /// As [`Metadata::insert`].
    pub fn append(&mut self, name: &str, value: impl AsRef<str>) -> Result<(), InvalidMetadata> {
        let (name, value) = text(name, value.as_ref())?;
        self.0.append(name, value);
        Ok(())
    }

    /// Sets a `-bin` name to bytes.
    ///
    /// # Errors
    /// The name is not a valid header name or does not end in `-bin`.
    pub fn insert_bin(
        &mut self,
        name: &str,
        value: impl AsRef<[u8]>,
    ) -> Result<(), InvalidMetadata> {
        if !name.ends_with("-bin") {
            return Err(invalid(name, "a name with bytes must end in `-bin`"));
        }
        let encoded = STANDARD_NO_PAD.encode(value);
        let value = HeaderValue::try_from(encoded)
            .map_err(|_| invalid(name, "the value is not a valid header value"))?;
        self.0.insert(header_name(name)?, value);
        Ok(())
    }

    /// Removes a name and its values.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Every name and value in wire form (`-bin` values in base64).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The metadata as HTTP headers.
    pub fn as_headers(&self) -> &HeaderMap {
        &self.0
    }

    /// The metadata as mutable HTTP headers.
    pub fn as_headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.0
    }

    /// Converts the metadata into HTTP headers.
    pub fn into_headers(self) -> HeaderMap {
        self.0
    }
}

impl From<HeaderMap> for Metadata {
    fn from(headers: HeaderMap) -> Self {
        Self(headers)
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be credentials: a log shows only the names of those.
        f.debug_map()
            .entries(self.0.iter().map(|(name, value)| {
                let secret = value.is_sensitive()
                    || matches!(name.as_str(), "authorization" | "cookie" | "set-cookie");
                (
                    name.as_str(),
                    if secret {
                        "<hidden>".into()
                    } else {
                        format!("{value:?}")
                    },
                )
            }))
            .finish()
    }
}

fn text(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), InvalidMetadata> {
    if name.ends_with("-bin") {
        return Err(invalid(
            name,
            "a name that ends in `-bin` has bytes: use `insert_bin`",
        ));
    }
    let value = HeaderValue::from_str(value)
        .map_err(|_| invalid(name, "the value has characters that a header can't have"))?;
    Ok((header_name(name)?, value))
}

fn header_name(name: &str) -> Result<HeaderName, InvalidMetadata> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        invalid(
            name,
            "the name has characters that a header name can't have",
        )
    })
}

#[cold]
fn invalid(name: &str, problem: &'static str) -> InvalidMetadata {
    InvalidMetadata {
        name: name.to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_names_and_values_are_errors() {
        let mut metadata = Metadata::new();
        assert!(metadata.insert("a-bin", "x").is_err());
        assert!(metadata.insert_bin("a", b"x").is_err());
        assert!(metadata.insert("a b", "x").is_err());
        assert!(metadata.insert("a", "x\ny").is_err());
        assert!(metadata.is_empty());
    }

    #[test]
    fn padded_and_unpadded_bytes_are_read() {
        for encoded in ["AAE=", "AAE"] {
            let mut headers = HeaderMap::new();
            headers.insert("k-bin", HeaderValue::from_static(encoded));
            let metadata = Metadata::from(headers);
            assert_eq!(metadata.get_bin("k-bin").as_deref(), Some(&[0, 1][..]));
        }
    }

    #[test]
    fn debug_hides_credentials() {
        let mut metadata = Metadata::new();
        metadata
            .insert("authorization", "Bearer secret")
            .expect("valid");
        assert!(!format!("{metadata:?}").contains("secret"));
    }
}
