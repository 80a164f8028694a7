//! A scratch buffer per thread for writing responses.
//!
//! The length of a response is not known before it is written. A buffer of its
//! own would be too small for some and too large for most, and would be moved
//! or stay larger than needed; so responses are written into a buffer that is
//! reused, and copied to an allocation of exactly their size.

use std::cell::Cell;

use bytes::Bytes;

/// The largest buffer that a thread keeps, in bytes.
const KEPT_MAX: usize = 64 << 10;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The bytes that a function writes into an empty buffer.
///
/// # Errors
/// The error of the function.
pub(super) fn to_bytes<E>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Bytes, E> {
    // A nested call gets a buffer of its own, and so does a thread that is
    // ending.
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    let outcome = write(&mut buffer);
    let bytes = outcome.map(|()| Bytes::copy_from_slice(&buffer));
    put_back(buffer);
    bytes
}

fn put_back(mut buffer: Vec<u8>) {
    if buffer.capacity() <= KEPT_MAX {
        buffer.clear();
        let _ = BUFFER.try_with(|slot| slot.set(buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity() -> usize {
        let buffer = BUFFER.take();
        let capacity = buffer.capacity();
        BUFFER.set(buffer);
        capacity
    }

    #[test]
    fn a_buffer_is_cleared_and_reused() {
        let write = |text: &'static str| {
            to_bytes(|buffer| {
                buffer.extend_from_slice(text.as_bytes());
                Ok::<(), ()>(())
            })
        };
        assert_eq!(
            write("longer than the next"),
            Ok("longer than the next".into())
        );
        let kept = capacity();
        assert!(kept >= 20);
        assert_eq!(write("short"), Ok("short".into()));
        assert_eq!(capacity(), kept);
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let failed = to_bytes(|buffer| {
            buffer.push(b'x');
            Err(7)
        });
        assert_eq!(failed, Err(7));
        assert_eq!(to_bytes(|_| Ok::<(), ()>(())), Ok(Bytes::new()));
    }

    #[test]
    fn a_nested_write_does_not_disturb_the_outer_one() {
        let outer = to_bytes(|buffer| {
            buffer.push(b'a');
            let inner = to_bytes(|buffer| {
                buffer.push(b'b');
                Ok::<(), ()>(())
            })?;
            buffer.extend_from_slice(&inner);
            Ok::<(), ()>(())
        });
        assert_eq!(outer, Ok("ab".into()));
    }

    #[test]
    fn a_very_large_buffer_is_not_kept() {
        let large = to_bytes(|buffer| {
            buffer.resize(KEPT_MAX + 1, b'x');
            Ok::<(), ()>(())
        });
        assert_eq!(large.map(|large| large.len()), Ok(KEPT_MAX + 1));
        assert_eq!(capacity(), 0);
    }
}
