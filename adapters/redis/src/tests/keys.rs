//! Names of keys in Redis, and URLs.

use super::*;

fn bucket(limiter: &str, key: &[u8]) -> String {
    let store = RedisStore::connect("redis://127.0.0.1:1").unwrap();
    String::from_utf8_lossy(&store.bucket(limiter, key)).into_owned()
}

#[test]
fn a_bucket_is_named_after_its_limiter_and_key() {
    assert_eq!(
        bucket("server:pb.Add.sum", b""),
        "kit:rate_limit:server:pb.Add.sum:"
    );
    assert_eq!(bucket("mail", b"acme"), "kit:rate_limit:mail:acme");
    let long = bucket("mail", &[b'x'; 65]);
    assert_eq!(
        long,
        "kit:rate_limit_sha1:mail:78c741ddc482e4cdf8c474a0876347a0905b6233"
    );
    assert_eq!(
        bucket("mail", &[b'x'; 64]).len(),
        64 + "kit:rate_limit:mail:".len()
    );
}

#[test]
fn a_prefix_separates_deployments() {
    let store = RedisStore::connect("redis://127.0.0.1:1").unwrap();
    let store = store.prefix("blue");
    assert_eq!(store.bucket("mail", b"a"), b"blue:rate_limit:mail:a");
    assert_eq!(store.bucket_of_total("mail"), b"blue:rate_limit_total:mail");
}

#[test]
fn an_invalid_url_is_an_error_without_its_password() {
    for url in [
        "",
        "127.0.0.1:6379",
        "http://user:hunter2@127.0.0.1/",
        "redis://:hunter2@/x",
    ] {
        let error = RedisStore::connect(url).unwrap_err();
        assert_eq!(error.code(), kit_core::Code::InvalidArgument, "{url}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let store = RedisStore::connect("redis://user:hunter2@127.0.0.1:6379/3").unwrap();
    assert_eq!(store.address(), "127.0.0.1:6379");
    assert!(!format!("{store:?}").contains("hunter2"), "{store:?}");
}
