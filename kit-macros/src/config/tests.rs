//! Tests of files, valid and invalid, and of their messages.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attribute::service;

/// The error messages of a service `pb.Add` with a file.
fn messages(file: &str, methods: &TokenStream) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.toml");
    std::fs::write(&path, file).expect("a file");
    let path = path.to_str().expect("a path of text").to_owned();
    let expanded = expand(&path, methods);
    let messages = errors(expanded).into_iter();
    messages
        .map(|message| message.replace(&path, "kit.toml"))
        .collect()
}

fn expand(path: &str, methods: &TokenStream) -> TokenStream {
    let arguments = quote!(name = "pb.Add", config = #path);
    let item = quote! {
        pub trait Add {
            #methods
        }
    };
    service(arguments, item)
}

/// The texts of the `compile_error!`s.
fn errors(expanded: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expanded).expect("an expansion that parses");
    let items = file.items.into_iter();
    items
        .filter_map(|item| match item {
            syn::Item::Macro(item) => Some(item.mac),
            _ => None,
        })
        .filter(|mac| {
            let name = mac.path.segments.last();
            name.is_some_and(|name| name.ident == "compile_error")
        })
        .map(|mac| {
            let message: syn::LitStr = syn::parse2(mac.tokens).expect("a text");
            message.value()
        })
        .collect()
}

fn sum() -> TokenStream {
    quote! {
        #[endpoint(post = "/sum", idempotent)]
        #[retry(attempts = 3)]
        #[rate_limit("100/s", burst = 20)]
        async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
        async fn concat(&self, a: String) -> Result<String, kit::Status>;
    }
}

/// The first lines of the error messages of a file.
fn rules(file: &str) -> Vec<String> {
    let messages = messages(file, &sum()).into_iter();
    messages
        .map(|message| message.lines().next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_valid_file_has_no_errors() {
    for file in [
        "[\"pb.Add\"]\n",
        "[\"pb.Add\"]\ntimeout = \"2s\"\n[Other]\nnonsense = 1\n",
        "[\"pb.Add\".sum]\nretry = \"off\"\nbreaker = \"on\"\n",
        "[\"pb.Add\".concat.client]\nconcurrency = 8\n[\"pb.Add\"]\nretry = { attempts = 9 }\n",
        "[\"pb.Add\".concat]\nretry = \"off\"\n",
    ] {
        assert_eq!(rules(file), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn an_unknown_key_is_reported_with_its_line_and_the_known_keys() {
    let file = "[\"pb.Add\".sum]\n\trate_limit = { rate = \"9/s\", brust = 3 }\n";
    assert_eq!(
        messages(file, &sum()),
        [
            "kit.toml:2:31: `pb.Add.sum.rate_limit` has no key `brust`\n  \
          |\n2 | \trate_limit = { rate = \"9/s\", brust = 3 }\n  | \t                             ^\n\
          help: did you mean `burst`? expected one of `rate`, `burst`, `cost`, `total`, `wait`, `key`, \
          `max_keys`, `store`"
        ]
    );
}

#[test]
fn all_problems_are_reported_in_the_order_of_the_file() {
    let file = "\
        [\"pb.Add\".sun]\n\
        timeout = \"1s\"\n\
        [\"pb.Add\".sum]\n\
        retries = 3\n\
        timeout = \"soon\"\n\
        shed = { cpu = 2.0 }\n\
        [\"pb.Add\".sum.server]\n\
        retry = { attempts = 2 }\n\
        [\"pb.Add\".concat]\n\
        cache = { ttl = \"1s\" }\n";
    assert_eq!(
        rules(file),
        [
            "kit.toml:1:11: `pb.Add` has no method `sun`",
            "kit.toml:4:1: `pb.Add.sum`: there is no policy `retries`",
            "kit.toml:5:11: `pb.Add.sum.timeout.limit`: `soon` is not a duration",
            "kit.toml:6:16: `pb.Add.sum.shed.cpu`: `cpu` must be at most 1",
            "kit.toml:8:1: `pb.Add.sum.server.retry`: `retry` does not apply to a server",
            "kit.toml:10:1: `pb.Add.concat.cache`: `cache` needs an idempotent method, which this \
             one is not",
        ]
    );
}

#[test]
fn keys_are_checked_together_with_those_of_the_attribute() {
    let check = |file: &str, expected: &str| {
        let file = format!("[\"pb.Add\".sum]\n{file}\n");
        assert_eq!(rules(&file), [expected], "{file}");
    };
    check(
        "rate_limit = { cost = 21 }",
        "kit.toml:2:23: `pb.Add.sum.rate_limit`: a call of cost 21 never fits into a burst of 20",
    );
    check(
        "concurrency = \"queue = 2\"",
        "kit.toml:2:1: `pb.Add.sum.concurrency`: `concurrency` has no limit",
    );
    check(
        "timeout = \"1s\"\nretry = { attempt_timeout = \"1s\" }",
        "kit.toml:3:29: `pb.Add.sum`: the `attempt_timeout` of `retry` is not shorter than the \
         `timeout`",
    );
    check(
        "breaker = \"on\"\nthrottle = \"on\"",
        "kit.toml:2:1: `pb.Add.sum`: `breaker` and `throttle` are alternatives, so only one can be on",
    );
    check(
        "rate_limit = { key = \"arg(a)\" }",
        "kit.toml:2:22: `pb.Add.sum`: the method is not compiled to limit calls by argument `a`",
    );
}

#[test]
fn policies_that_store_or_repeat_calls_need_their_attribute() {
    let file = "[\"pb.Add\".sum]\ncache = { ttl = \"1s\" }\nfallback = \"on\"\n";
    assert_eq!(
        rules(file),
        [
            "kit.toml:2:1: `pb.Add.sum.cache`: the method is compiled without support for `cache`",
            "kit.toml:3:1: `pb.Add.sum.fallback`: the method is compiled without support for \
             `fallback`",
        ]
    );
}

#[test]
fn values_that_this_build_does_not_support_are_errors() {
    let file = "[\"pb.Add\".sum.client]\nrate_limit = \"5/s, key = peer\"\n\
                [\"pb.Add\".concat]\nrate_limit = \"5/s, key = identity\"\n";
    assert_eq!(
        rules(file),
        [
            "kit.toml:2:14: `pb.Add.sum.rate_limit`: `key = peer` identifies the callers of a \
             server, but a client has none",
            "kit.toml:4:14: `pb.Add.concat.rate_limit`: `key = identity` needs `#[auth]`, which \
             is not available in this version",
        ]
    );
}

#[test]
fn a_file_without_a_table_of_the_service_is_an_error() {
    let names = "did you mean `pb.Ad`? expected one of `Other`, `pb.Ad`; or add a table `[\"pb.Add\"]`, \
                 which may be empty";
    assert_eq!(
        messages("[\"pb.Ad\"]\n[Other]\n", &sum()),
        [format!(
            "kit.toml: there is no table of service `pb.Add`\nhelp: {names}"
        )]
    );
    assert_eq!(
        rules("[pb.Add]\ntimeout = \"1s\"\n"),
        ["kit.toml:1:5: the name `pb.Add` has a dot, so TOML reads it as a nested table"]
    );
}

#[test]
fn every_syntax_error_of_a_file_is_reported() {
    let rules = rules("[\"pb.Add\"]\ntimeout = \nretry = off\n");
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules[0].starts_with("kit.toml:2:"), "{rules:?}");
    assert!(rules[1].starts_with("kit.toml:3:9: "), "{rules:?}");
}

#[test]
fn a_missing_file_is_not_watched() {
    let expanded = expand("/nowhere/kit.toml", &sum());
    assert!(!expanded.to_string().contains("include_bytes"));
    assert_eq!(
        errors(expanded),
        [
            "/nowhere/kit.toml can't be read: No such file or directory (os error 2)\n\
          help: write the path relative to the crate's Cargo.toml, as in \
          `config = \"kit.toml\"`"
        ]
    );
}

#[test]
fn an_invalid_file_is_watched() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let expanded = expand(path, &sum()).to_string();
    assert!(expanded.contains("compile_error"), "{expanded}");
    assert!(expanded.contains("include_bytes"), "{expanded}");
}
