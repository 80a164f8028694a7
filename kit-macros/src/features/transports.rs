//! The table of transports: a row per word of `#[transport(..)]`.

use super::{GRPC, HTTP};

/// A transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transport {
    /// The word in `#[transport(..)]`, which is also the name of kit's feature.
    pub(crate) word: &'static str,
    /// Whether kit's feature is on; `None` if this version does not implement
    /// the transport.
    pub(crate) feature: Option<bool>,
}

/// All transports.
pub(crate) const TRANSPORTS: &[Transport] = &[
    implemented("http", HTTP),
    implemented("grpc", GRPC),
    planned("jsonrpc"),
    planned("nats"),
    planned("amqp"),
    planned("thrift"),
];

/// The words of all transports.
pub(crate) const TRANSPORT_WORDS: &[&str] = &words();

const fn implemented(word: &'static str, is_on: bool) -> Transport {
    Transport {
        word,
        feature: Some(is_on),
    }
}

const fn planned(word: &'static str) -> Transport {
    Transport {
        word,
        feature: None,
    }
}

const fn words() -> [&'static str; TRANSPORTS.len()] {
    let mut words = [""; TRANSPORTS.len()];
    let mut index = 0;
    while index < words.len() {
        words[index] = TRANSPORTS[index].word;
        index += 1;
    }
    words
}

/// The transports that this version implements.
pub(crate) fn implemented_transports() -> impl Iterator<Item = &'static Transport> {
    TRANSPORTS
        .iter()
        .filter(|transport| transport.feature.is_some())
}

impl Transport {
    /// Finds a transport by its word.
    pub(crate) fn named(word: &str) -> Option<&'static Self> {
        TRANSPORTS.iter().find(|transport| transport.word == word)
    }

    /// Whether it is implemented, but kit's feature is off.
    pub(crate) fn is_off(&self) -> bool {
        self.feature == Some(false)
    }
}
