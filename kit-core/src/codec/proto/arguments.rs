//! The arguments of a method, encoded as one request message.

use bytes::{Bytes, BytesMut};

use super::error::DecodeError;
use super::field::Field;
use super::reader::{Reader, WireKey};
use crate::model::argument::Argument;
use crate::model::schema::FieldSchema;

/// A tuple of arguments as the fields of one request message, named and
/// numbered by the method's [`Argument`]s.
#[diagnostic::on_unimplemented(
    message = "the arguments `{Self}` can't travel over gRPC",
    note = "each must have a protobuf form, and there may be 16: put more into a struct with `#[derive(kit::Message)]` and take it as `#[body]`"
)]
pub trait ArgumentFields: Sized + Send + 'static {
    /// The length of [`ArgumentFields::encode_fields`]'s output.
    fn fields_len(&self, arguments: &[Argument]) -> usize;

    /// Appends the encoded fields, in the order of their numbers.
    fn encode_fields(&self, arguments: &[Argument], out: &mut BytesMut);

    /// Decodes a whole request.
    ///
    /// # Errors
    /// The bytes are not such a request; the error names the argument.
    fn decode_fields(arguments: &[Argument], bytes: Bytes) -> Result<Self, DecodeError>;

    /// The fields of the request in a schema.
    fn argument_fields(arguments: &[Argument]) -> Vec<FieldSchema>;
}

/// The field number of the argument at a position; by default they count from 1.
#[inline]
fn tag(arguments: &[Argument], position: usize) -> u32 {
    match arguments.get(position) {
        Some(argument) => argument.tag,
        None => position as u32 + 1,
    }
}

#[inline]
fn name(arguments: &[Argument], position: usize) -> &'static str {
    arguments
        .get(position)
        .map_or("unnamed", |argument| argument.name)
}

#[inline]
fn read<T: Field>(
    slot: &mut Option<T>,
    key: WireKey,
    input: &mut Reader<'_>,
    arguments: &[Argument],
    position: usize,
) -> Result<(), DecodeError> {
    T::merge_field(slot, key.wire, input)
        .map_err(|error| error.in_argument(name(arguments, position)))
}

#[inline]
fn finish<T: Field>(
    slot: Option<T>,
    input: &Reader<'_>,
    arguments: &[Argument],
    position: usize,
) -> Result<T, DecodeError> {
    match slot {
        Some(value) => Ok(value),
        None => T::absent(input).map_err(|error| error.in_argument(name(arguments, position))),
    }
}

/// Whether the numbers are in the order of the signature, as they are without
/// `#[tag]` attributes.
#[inline]
fn in_order(arguments: &[Argument]) -> bool {
    arguments.is_sorted_by_key(|argument| argument.tag)
}

/// The positions in the order of their field numbers.
#[cold]
fn by_tag(arguments: &[Argument], count: usize) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..count).collect();
    positions.sort_by_key(|&position| tag(arguments, position));
    positions
}

macro_rules! tuple {
    ($count:literal: $($type:ident $value:ident $position:tt),*) => {
        impl<$($type: Field),*> ArgumentFields for ($($type,)*) {
            #[inline]
            fn fields_len(&self, arguments: &[Argument]) -> usize {
                let _ = arguments;
                0 $(+ self.$position.field_len(tag(arguments, $position)))*
            }

            #[inline]
            fn encode_fields(&self, arguments: &[Argument], out: &mut BytesMut) {
                let _ = &out;
                if in_order(arguments) {
                    $(self.$position.encode_field(tag(arguments, $position), out);)*
                    return;
                }
                for position in by_tag(arguments, $count) {
                    match position {
                        $($position => self.$position.encode_field(tag(arguments, $position), out),)*
                        _ => {}
                    }
                }
            }

            #[inline]
            fn decode_fields(arguments: &[Argument], bytes: Bytes) -> Result<Self, DecodeError> {
                let input = &mut Reader::new(&bytes);
                $(let mut $value: Option<$type> = None;)*
                while let Some(key) = input.key()? {
                    $(
                        if key.tag == tag(arguments, $position) {
                            read(&mut $value, key, input, arguments, $position)?;
                            continue;
                        }
                    )*
                    input.skip(key)?;
                }
                let _ = arguments;
                Ok(($(finish($value, input, arguments, $position)?,)*))
            }

            fn argument_fields(arguments: &[Argument]) -> Vec<FieldSchema> {
                let _ = arguments;
                vec![$(
                    FieldSchema::new(
                        name(arguments, $position),
                        tag(arguments, $position),
                        $type::field_type(),
                    )
                ),*]
            }
        }
    };
}

tuple!(0:);
tuple!(1: A a 0);
tuple!(2: A a 0, B b 1);
tuple!(3: A a 0, B b 1, C c 2);
tuple!(4: A a 0, B b 1, C c 2, D d 3);
tuple!(5: A a 0, B b 1, C c 2, D d 3, E e 4);
tuple!(6: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);
tuple!(7: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6);
tuple!(8: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7);
tuple!(9: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8);
tuple!(10: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9);
tuple!(11: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10);
tuple!(12: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10, L l 11);
tuple!(13: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10, L l 11, M m 12);
tuple!(14: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10, L l 11, M m 12, N n 13);
tuple!(15: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10, L l 11, M m 12, N n 13, O o 14);
tuple!(16: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10, L l 11, M m 12, N n 13, O o 14, P p 15);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::argument::Source;

    const IN_ORDER: &[Argument] = &[
        Argument::new("a", Source::Member, 1),
        Argument::new("b", Source::Member, 2),
    ];
    const REVERSED: &[Argument] = &[
        Argument::new("a", Source::Member, 9),
        Argument::new("b", Source::Member, 2),
    ];

    fn encode<T: ArgumentFields>(arguments: &[Argument], values: &T) -> Bytes {
        let mut out = BytesMut::new();
        values.encode_fields(arguments, &mut out);
        assert_eq!(out.len(), values.fields_len(arguments));
        out.freeze()
    }

    #[test]
    fn arguments_are_written_in_the_order_of_their_numbers() {
        let values = (1_i64, "x".to_owned());
        assert_eq!(&encode(IN_ORDER, &values)[..], b"\x08\x01\x12\x01x");
        assert_eq!(&encode(REVERSED, &values)[..], b"\x12\x01x\x48\x01");
        let decoded = <(i64, String)>::decode_fields(REVERSED, encode(REVERSED, &values));
        assert_eq!(decoded, Ok(values));
    }

    #[test]
    fn absent_arguments_are_defaults_and_unknown_fields_are_skipped() {
        let bytes = Bytes::from_static(b"\x3a\x02hi\x10\x05");
        assert_eq!(
            <(i64, Option<u32>)>::decode_fields(IN_ORDER, bytes),
            Ok((0, Some(5)))
        );
        assert_eq!(
            <(i64, Option<u32>)>::decode_fields(IN_ORDER, Bytes::new()),
            Ok((0, None))
        );
    }

    #[test]
    fn error_names_the_argument() {
        let error = <(i64, String)>::decode_fields(IN_ORDER, Bytes::from_static(b"\x10\x01"))
            .expect_err("a number is not a string");
        assert_eq!(
            error.to_string(),
            "argument `b`: invalid wire type: Varint (expected LengthDelimited)"
        );
    }
}
