//! What an answer is kept under: the request, whatever its type.
//!
//! A store that knew the types of its keys would be compiled once for each
//! method, and it is by far the most of a cache. So a key hides its type, and
//! brings what the store needs of it: its hash, made where the type was known,
//! and a comparison, which asks for the type first. What is looked up is
//! borrowed, so that an answer that is found costs no allocation; only what is
//! kept, or waited for, is cloned, once.
//!
//! The type of the answer is part of the key. So whoever finds a key finds an
//! answer that it can read, even where one store serves two kinds of calls.

use std::any::Any;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use quick_cache::{DefaultHashBuilder, Equivalent};

/// A request that is looked for, with the type of its answer.
pub(super) struct Request<'a, K, V> {
    key: &'a K,
    answer: PhantomData<fn() -> V>,
}

impl<'a, K, V> Request<'a, K, V> {
    #[inline]
    pub(super) fn new(key: &'a K) -> Self {
        let answer = PhantomData;
        Self { key, answer }
    }
}

/// What can be done with a request whose types are not known.
trait Seeks {
    /// Whether that is the same request of the same types.
    fn finds(&self, kept: &dyn ErasedKey) -> bool;
    /// A clone that can be kept.
    fn share(&self) -> Arc<dyn ErasedKey>;
}

impl<K, V> Seeks for Request<'_, K, V>
where
    K: Eq + Clone + Send + Sync + 'static,
    V: 'static,
{
    #[inline]
    fn finds(&self, kept: &dyn ErasedKey) -> bool {
        let kept: &dyn Any = kept;
        let kept: Option<&Kept<K, V>> = kept.downcast_ref();
        kept.is_some_and(|kept| kept.key == *self.key)
    }

    fn share(&self) -> Arc<dyn ErasedKey> {
        Arc::new(Kept::<K, V> {
            key: self.key.clone(),
            answer: PhantomData,
        })
    }
}

/// A request that is kept, with the type of its answer.
struct Kept<K, V> {
    key: K,
    answer: PhantomData<fn() -> V>,
}

/// The same without the types.
trait ErasedKey: Any + Send + Sync {
    /// Whether that is the same request of the same types.
    fn is(&self, other: &dyn ErasedKey) -> bool;
}

impl<K, V> ErasedKey for Kept<K, V>
where
    K: Eq + Clone + Send + Sync + 'static,
    V: 'static,
{
    fn is(&self, other: &dyn ErasedKey) -> bool {
        Request::<K, V>::new(&self.key).finds(other)
    }
}

/// A key that is looked for.
pub(super) struct Lookup<'a> {
    hash: u64,
    request: &'a dyn Seeks,
}

impl<'a> Lookup<'a> {
    #[inline]
    pub(super) fn new<K, V>(hashes: &DefaultHashBuilder, request: &'a Request<'a, K, V>) -> Self
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: 'static,
    {
        let hash = hashes.hash_one(request.key);
        Self { hash, request }
    }

    /// The same, to be kept.
    pub(super) fn share(&self) -> Key {
        Key {
            hash: self.hash,
            request: self.request.share(),
        }
    }
}

impl Hash for Lookup<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<Key> for Lookup<'_> {
    #[inline]
    fn equivalent(&self, key: &Key) -> bool {
        self.hash == key.hash && self.request.finds(&*key.request)
    }
}

/// A key that is kept.
#[derive(Clone)]
pub(super) struct Key {
    hash: u64,
    request: Arc<dyn ErasedKey>,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.request.is(&*other.request)
    }
}

impl Eq for Key {}

/// Tables of keys take the hash that each brings.
pub(super) type AsHashed = BuildHasherDefault<Brought>;

/// The hash that a key brings.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brought(u64);

impl Hasher for Brought {
    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// For what is not a key, which is in none of these tables.
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
