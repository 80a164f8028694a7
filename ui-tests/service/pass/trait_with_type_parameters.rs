use std::fmt::Display;
use std::marker::PhantomData;

struct Memory<K>(PhantomData<K>);

#[kit::service(name = "pb.Repo")]
#[transport(http, grpc)]
pub trait Repo<K>
where
    K: Display + kit::Message + serde::Serialize + serde::de::DeserializeOwned + Sync,
{
    async fn put(&self, #[body] key: K) -> Result<String, kit::Status>;
}

#[derive(serde::Serialize, serde::Deserialize, kit::Message)]
struct Key {
    id: u64,
}

impl Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "key {}", self.id)
    }
}

impl Repo<Key> for Memory<Key> {
    async fn put(&self, key: Key) -> Result<String, kit::Status> {
        Ok(key.to_string())
    }
}

pub fn main() {
    let client = RepoClient::<Key, _>::local(Memory(PhantomData));
    assert_eq!(ui_tests::now(client.put(Key { id: 7 })).unwrap(), "key 7");
    let _ = kit::Server::new().mount(RepoServer::<Key, _>::new(Memory(PhantomData)));
}
