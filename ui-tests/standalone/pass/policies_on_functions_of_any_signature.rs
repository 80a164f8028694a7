use std::fmt::Display;
use std::hash::Hash;

use kit::Status;

struct Users<T>(Vec<T>);

impl<T: Clone + Send + Sync> Users<T> {
    #[kit::retry]
    #[kit::timeout("1h")]
    #[kit::concurrency(8)]
    async fn first(&self) -> Result<T, Status> {
        self.0.first().cloned().ok_or_else(|| Status::not_found("no such user"))
    }

    #[kit::breaker]
    #[kit::rate_limit("10/s")]
    async fn add(&mut self, user: T) -> Result<usize, Status> {
        self.0.push(user);
        Ok(self.0.len())
    }

    #[kit::shed]
    #[kit::timeout("1h")]
    async fn into_last(mut self) -> Result<T, Status> {
        self.0.pop().ok_or_else(|| Status::not_found("no such user"))
    }
}

trait Find {
    #[kit::throttle]
    async fn find(&self, name: &str) -> Result<usize, Status> {
        Ok(name.len())
    }
}

impl Find for () {}

#[kit::retry]
#[kit::hedge]
#[kit::fallback(none)]
async fn longest<'a, const N: usize>(names: &'a [String; N]) -> Result<&'a str, Status> {
    let longest = names.iter().max_by_key(|name| name.len());
    longest.map(String::as_str).ok_or_else(|| Status::not_found("no name"))
}

async fn none<'a, const N: usize>(_: &'a [String; N], _: Status) -> Result<&'a str, Status> {
    Ok("")
}

#[kit::retry]
async fn named(name: impl Into<String> + Clone) -> Result<String, Status> {
    Ok(name.into())
}

#[kit::breaker]
async fn shown(number: u32) -> Result<impl Display, Status> {
    let number = i32::try_from(number).map_err(|_| Status::out_of_range("too much"))?;
    Ok(number)
}

#[kit::hedge]
async fn among<T>(all: &[T], one: T) -> Result<bool, Status>
where
    T: Hash + Eq + Clone,
{
    Ok(all.contains(&one))
}

#[kit::cache(ttl = "1h")]
#[kit::retry]
#[kit::fallback(unknown)]
#[kit::timeout("1h")]
async fn r#type(mut name: String, suffix: String) -> Result<String, Status> {
    name.push_str(&suffix);
    Ok(name)
}

async fn unknown(name: String, _: String, _: Status) -> Result<String, Status> {
    Ok(name)
}

/// The future is `Send` if the body's future is.
#[kit::cache(ttl = "1h", coalesce)]
#[kit::breaker]
async fn spawned(id: u64) -> Result<u64, Status> {
    tokio::task::yield_now().await;
    Ok(id)
}

/// The function needs no bounds beyond those of its body.
#[kit::timeout("1h")]
#[kit::breaker]
async fn local(ids: std::rc::Rc<Vec<u64>>) -> Result<usize, Status> {
    tokio::task::yield_now().await;
    Ok(ids.len())
}

#[kit::breaker(name = "other::twin")]
async fn twin() -> Result<u64, Status> {
    Ok(1)
}

/// One of the policies names the crate, or each does.
#[kit::breaker(failures = 5, crate = kit)]
#[kit::timeout("1h")]
async fn once() -> Result<u64, Status> {
    Ok(1)
}

#[kit::timeout("1h", crate = ::kit)]
#[kit::retry(crate = ::kit, attempts = 2)]
#[kit::fallback(no_user, crate = ::kit)]
async fn each() -> Result<u64, Status> {
    Ok(1)
}

async fn no_user(_: Status) -> Result<u64, Status> {
    Ok(0)
}

pub fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    let mut users = Users(Vec::new());
    assert_eq!(users.add(7).await.ok(), Some(1));
    assert_eq!(users.first().await.ok(), Some(7));
    assert_eq!(users.into_last().await.ok(), Some(7));
    assert_eq!(().find("ab").await.ok(), Some(2));
    let names = ["a".to_owned(), "ab".to_owned()];
    assert_eq!(longest(&names).await.ok(), Some("ab"));
    assert_eq!(named("a").await.ok().as_deref(), Some("a"));
    assert_eq!(shown(7).await.map(|shown| shown.to_string()).ok().as_deref(), Some("7"));
    assert_eq!(among(&[1, 2], 2).await.ok(), Some(true));
    let answer = r#type("a".to_owned(), "b".to_owned()).await;
    assert_eq!(answer.ok().as_deref(), Some("ab"));
    assert_eq!(tokio::spawn(spawned(7)).await.expect("an end").ok(), Some(7));
    assert_eq!(local(Default::default()).await.ok(), Some(0));
    assert_eq!(twin().await.ok(), Some(1));
    assert_eq!(once().await.ok(), Some(1));
    assert_eq!(each().await.ok(), Some(1));
}
