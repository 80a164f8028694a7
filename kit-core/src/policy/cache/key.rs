//! The key of a response: the request, type-erased.
//!
//! A store that knew the types of its keys would be compiled for each method,
//! and it is by far the largest part of a cache. So a key hides its type, and
//! provides what the store needs: its hash, computed where the type was known,
//! and a comparison, which checks the type first. A lookup borrows the request,
//! so that a hit allocates nothing for it; only a stored or awaited request is
//! cloned, once.
//!
//! The type of the response is part of the key. So a key that is found has a
//! response of the expected type, even if one store serves two kinds of calls.

use std::any::Any;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use quick_cache::{DefaultHashBuilder, Equivalent};

/// A borrowed request, with the type of its response.
pub(super) struct Request<'a, K, V> {
    key: &'a K,
    response: PhantomData<fn() -> V>,
}

impl<'a, K, V> Request<'a, K, V> {
    #[inline]
    pub(super) fn new(key: &'a K) -> Self {
        let response = PhantomData;
        Self { key, response }
    }
}

/// A borrowed request, type-erased.
trait ErasedLookup {
    /// Whether the stored key is the same request of the same types.
    fn matches(&self, stored: &dyn ErasedKey) -> bool;
    /// Clones the request to store it.
    fn share(&self) -> Arc<dyn ErasedKey>;
}

impl<K, V> ErasedLookup for Request<'_, K, V>
where
    K: Eq + Clone + Send + Sync + 'static,
    V: 'static,
{
    #[inline]
    fn matches(&self, stored: &dyn ErasedKey) -> bool {
        let stored: &dyn Any = stored;
        let stored: Option<&StoredKey<K, V>> = stored.downcast_ref();
        stored.is_some_and(|stored| stored.key == *self.key)
    }

    fn share(&self) -> Arc<dyn ErasedKey> {
        Arc::new(StoredKey::<K, V> {
            key: self.key.clone(),
            response: PhantomData,
        })
    }
}

/// A stored request, with the type of its response.
struct StoredKey<K, V> {
    key: K,
    response: PhantomData<fn() -> V>,
}

/// A stored request, type-erased.
trait ErasedKey: Any + Send + Sync {
    /// Whether the other is the same request of the same types.
    fn is(&self, other: &dyn ErasedKey) -> bool;
}

impl<K, V> ErasedKey for StoredKey<K, V>
where
    K: Eq + Clone + Send + Sync + 'static,
    V: 'static,
{
    fn is(&self, other: &dyn ErasedKey) -> bool {
        Request::<K, V>::new(&self.key).matches(other)
    }
}

/// A borrowed key with its hash.
pub(super) struct Lookup<'a> {
    hash: u64,
    request: &'a dyn ErasedLookup,
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

    /// Converts to a key that can be stored.
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
        self.hash == key.hash && self.request.matches(&*key.request)
    }
}

/// An owned key with its hash.
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

/// The hasher of tables of keys, which uses the hash in the key.
pub(super) type PrecomputedHashBuilder = BuildHasherDefault<PrecomputedHash>;

/// A hasher that returns the hash that it was given.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PrecomputedHash(u64);

impl Hasher for PrecomputedHash {
    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// For values other than keys, which none of these tables has.
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
