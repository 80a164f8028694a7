//! Calls `Add` over the transport that a URL names.
//!
//! The program is written against the trait: which transport carries a call
//! is known to `connect` alone.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use examples::add::{Add, AddClient};
use lexopt::prelude::*;

const USAGE: &str = "usage: addcli [--to URL] (sum A B | concat A B)

  --to URL   http://HOST:PORT or grpc://HOST:PORT (default http://127.0.0.1:8080)";

#[tokio::main]
async fn main() -> ExitCode {
    match connect_and_run().await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("addcli: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn connect_and_run() -> anyhow::Result<String> {
    let options = Options::parse()?;
    let add = AddClient::connect(&options.url).await?;
    run(&add, &options).await
}

async fn run(add: &impl Add, options: &Options) -> anyhow::Result<String> {
    let Options { a, b, .. } = options;
    match options.method.as_str() {
        "sum" => {
            let (a, b) = (integer(a)?, integer(b)?);
            Ok(format!("{a} + {b} = {}", add.sum(a, b).await?.v))
        }
        "concat" => {
            let joined = add.concat(a.clone(), b.clone()).await?.v;
            Ok(format!("{a:?} + {b:?} = {joined:?}"))
        }
        other => bail!("`{other}` is not a method of `Add`\n{USAGE}"),
    }
}

fn integer(text: &str) -> anyhow::Result<i64> {
    text.parse()
        .with_context(|| format!("expected an integer, got {text:?}"))
}

struct Options {
    url: String,
    method: String,
    a: String,
    b: String,
}

impl Options {
    fn parse() -> anyhow::Result<Self> {
        let mut url = "http://127.0.0.1:8080".to_owned();
        let mut values = Vec::new();
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("to") => url = arguments.value()?.string()?,
                Value(value) => {
                    values.push(value.string()?);
                    // What follows the method are values, `-1` among them.
                    for value in arguments.raw_args()? {
                        values.push(value.string()?);
                    }
                }
                Long("help") | Short('h') => bail!("{USAGE}"),
                _ => return Err(argument.unexpected().into()),
            }
        }
        let Ok([method, a, b]) = <[String; 3]>::try_from(values) else {
            bail!("expected a method and two values\n{USAGE}");
        };
        Ok(Self { url, method, a, b })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use examples::add::Basic;

    fn options(method: &str, a: &str, b: &str) -> Options {
        Options {
            url: String::new(),
            method: method.to_owned(),
            a: a.to_owned(),
            b: b.to_owned(),
        }
    }

    #[tokio::test]
    async fn prints_what_go_kits_addcli_prints() {
        let add = AddClient::local(Basic);
        let sum = run(&add, &options("sum", "1", "2")).await;
        assert_eq!(sum.expect("a sum"), "1 + 2 = 3");
        let joined = run(&add, &options("concat", "a", "b")).await;
        assert_eq!(joined.expect("a string"), r#""a" + "b" = "ab""#);
    }

    #[tokio::test]
    async fn a_domain_error_reads_as_itself() {
        let add = AddClient::local(Basic);
        let refused = run(&add, &options("sum", "0", "0")).await;
        assert_eq!(
            refused.expect_err("no sum").to_string(),
            "can't sum two zeroes"
        );
    }
}
