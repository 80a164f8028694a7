//! Messages encode to the same bytes as in prost, and arbitrary and damaged
//! bytes decode to the same values.

use bytes::Bytes;
use kit::Message;
use proptest::collection::vec;
use proptest::prelude::*;

use super::strategies::{encodings, lists, nested, scalars, tree};
use super::twins::{Encodings, Lists, Nested, Scalars, Tree, Twin};

/// Checks the bytes against prost, the declared length, and the round trip.
fn agrees<T: Twin>(value: &T) -> Result<(), TestCaseError> {
    let bytes = value.to_bytes();
    prop_assert_eq!(bytes.len(), value.encoded_len());
    prop_assert_eq!(
        &bytes[..],
        &prost::Message::encode_to_vec(&value.twin())[..]
    );
    prop_assert_eq!(T::decode(bytes), Ok(value.clone()));
    Ok(())
}

/// Checks that kit and prost accept the same bytes and decode them to the same
/// value. `lenient` is for types of which kit is stricter: its enums are
/// closed, its oneofs are never empty.
fn agrees_on<T: Twin>(bytes: &[u8], lenient: bool) -> Result<(), TestCaseError> {
    let ours = T::decode(Bytes::copy_from_slice(bytes));
    let theirs = <T::Prost as prost::Message>::decode(bytes);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let theirs = prost::Message::encode_to_vec(&theirs);
            let again = T::decode(theirs.into()).expect("prost wrote it");
            // `Debug` compares NaN as equal.
            prop_assert_eq!(format!("{ours:?}"), format!("{again:?}"));
        }
        (Err(_), Err(_)) => {}
        (Err(_), Ok(_)) if lenient => {}
        (ours, theirs) => prop_assert!(false, "ours {ours:?}, prost {theirs:?}"),
    }
    Ok(())
}

/// Encodes a message, truncates it, and changes one byte.
fn damaged<T: Message>(value: &T, cut: usize, at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = value.to_bytes().to_vec();
    bytes.truncate(bytes.len() - cut % (bytes.len() + 1));
    let len = bytes.len().max(1);
    if let Some(place) = bytes.get_mut(at % len) {
        *place = byte;
    }
    bytes
}

proptest! {
    #[test]
    fn scalars_agree_with_prost(value in scalars()) {
        agrees(&value)?;
    }

    #[test]
    fn other_encodings_agree_with_prost(value in encodings()) {
        agrees(&value)?;
    }

    #[test]
    fn lists_and_maps_agree_with_prost(value in lists()) {
        agrees(&value)?;
    }

    #[test]
    fn nested_and_well_known_messages_agree_with_prost(value in nested()) {
        agrees(&value)?;
    }

    #[test]
    fn recursive_messages_agree_with_prost(value in tree()) {
        agrees(&value)?;
    }

    #[test]
    fn arbitrary_bytes_decode_as_in_prost(bytes in vec(any::<u8>(), 0..64)) {
        agrees_on::<Scalars>(&bytes, false)?;
        agrees_on::<Encodings>(&bytes, false)?;
        agrees_on::<Tree>(&bytes, false)?;
        agrees_on::<Lists>(&bytes, true)?;
        agrees_on::<Nested>(&bytes, true)?;
    }

    #[test]
    fn damaged_scalars_decode_as_in_prost(
        value in scalars(), cut in any::<usize>(), at in any::<usize>(), byte in any::<u8>(),
    ) {
        agrees_on::<Scalars>(&damaged(&value, cut, at, byte), false)?;
    }

    #[test]
    fn damaged_lists_decode_as_in_prost(
        value in lists(), cut in 0_usize..8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        agrees_on::<Lists>(&damaged(&value, cut, at, byte), true)?;
    }

    #[test]
    fn damaged_trees_decode_as_in_prost(
        value in tree(), cut in 0_usize..8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        agrees_on::<Tree>(&damaged(&value, cut, at, byte), false)?;
    }

    #[test]
    fn concatenated_messages_merge(first in tree(), second in tree()) {
        let bytes = [first.to_bytes(), second.to_bytes()].concat();
        agrees_on::<Tree>(&bytes, false)?;
    }

    #[test]
    fn damaged_nested_messages_never_panic(
        value in nested(), cut in 0_usize..8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        let _ = Nested::decode(damaged(&value, cut, at, byte).into());
    }
}
