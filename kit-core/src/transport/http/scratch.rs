//! A buffer to write in, one for each thread.
//!
//! Nobody knows the length of a reply before it is written. A buffer of its
//! own would be too small for some and too large for most, and is either moved
//! or kept larger than it need be; so replies are written in one that stays,
//! and leave it in an allocation of just their size.

use std::cell::Cell;

use bytes::Bytes;

/// A thread keeps no larger one.
const LARGEST: usize = 64 << 10;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What a function writes into an empty buffer.
///
/// # Errors
/// What the function says.
pub(super) fn written<E>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Bytes, E> {
    // Whoever writes while this one writes gets a buffer of its own, and so
    // does a thread that is ending.
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    let outcome = write(&mut buffer);
    let written = outcome.map(|()| Bytes::copy_from_slice(&buffer));
    put_back(buffer);
    written
}

fn put_back(mut buffer: Vec<u8>) {
    if buffer.capacity() <= LARGEST {
        buffer.clear();
        let _ = BUFFER.try_with(|place| place.set(buffer));
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
    fn a_buffer_is_empty_for_each_and_kept_for_the_next() {
        let write = |text: &'static str| {
            written(|buffer| {
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
    fn what_was_written_before_a_failure_is_gone() {
        let failed = written(|buffer| {
            buffer.push(b'x');
            Err(7)
        });
        assert_eq!(failed, Err(7));
        assert_eq!(written(|_| Ok::<(), ()>(())), Ok(Bytes::new()));
    }

    #[test]
    fn one_who_writes_inside_another_does_not_disturb_it() {
        let outer = written(|buffer| {
            buffer.push(b'a');
            let inner = written(|buffer| {
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
        let large = written(|buffer| {
            buffer.resize(LARGEST + 1, b'x');
            Ok::<(), ()>(())
        });
        assert_eq!(large.map(|large| large.len()), Ok(LARGEST + 1));
        assert_eq!(capacity(), 0);
    }
}
