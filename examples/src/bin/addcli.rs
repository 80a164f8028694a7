//! Calls `Add` over the transport that a URL names.
//!
//! The program is written against the trait: only `connect` knows the
//! transport.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use examples::add::{Add, AddClient};
use examples::command_line;
use lexopt::prelude::*;

const USAGE: &str = "usage: addcli [--to URL] (sum A B | concat A B)

  --to URL   http://HOST:PORT or grpc://HOST:PORT (default http://127.0.0.1:8080)";

#[tokio::main]
async fn main() -> ExitCode {
    command_line::run("addcli", USAGE, Options::parse, connect_and_call).await
}

async fn connect_and_call(options: Options) -> anyhow::Result<()> {
    let add = AddClient::connect(&options.url).await?;
    println!("{}", options.call.make(&add).await?);
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Call {
    Sum(i64, i64),
    Concat(String, String),
}

impl Call {
    async fn make(&self, add: &impl Add) -> anyhow::Result<String> {
        match self {
            Self::Sum(a, b) => Ok(format!("{a} + {b} = {}", add.sum(*a, *b).await?.v)),
            Self::Concat(a, b) => {
                let joined = add.concat(a.clone(), b.clone()).await?.v;
                Ok(format!("{a:?} + {b:?} = {joined:?}"))
            }
        }
    }

    fn parse(values: Vec<String>) -> anyhow::Result<Self> {
        let Ok([method, a, b]) = <[String; 3]>::try_from(values) else {
            bail!("expected a method and two values\n{USAGE}");
        };
        match method.as_str() {
            "sum" => Ok(Self::Sum(integer(&a)?, integer(&b)?)),
            "concat" => Ok(Self::Concat(a, b)),
            other => bail!("`{other}` is not a method of `Add`\n{USAGE}"),
        }
    }
}

fn integer(text: &str) -> anyhow::Result<i64> {
    text.parse()
        .with_context(|| format!("expected an integer, got {text:?}"))
}

struct Options {
    url: String,
    call: Call,
}

impl Options {
    fn parse(mut arguments: lexopt::Parser) -> anyhow::Result<Option<Self>> {
        let mut url = "http://127.0.0.1:8080".to_owned();
        let mut values = Vec::new();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("to") => url = arguments.value()?.string()?,
                Value(value) => {
                    values.push(value.string()?);
                    // Arguments after the method are values, also `-1`.
                    for value in arguments.raw_args()? {
                        values.push(value.string()?);
                    }
                }
                Long("help") | Short('h') => return Ok(None),
                _ => bail!("{}\n{USAGE}", argument.unexpected()),
            }
        }
        let call = Call::parse(values)?;
        Ok(Some(Self { url, call }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use examples::add::Basic;

    fn call(words: [&str; 3]) -> Call {
        Call::parse(words.map(str::to_owned).to_vec()).expect("a call")
    }

    #[tokio::test]
    async fn output_matches_go_kit_addcli() {
        let add = AddClient::local(Basic);
        let sum = call(["sum", "1", "2"]).make(&add).await;
        assert_eq!(sum.expect("a sum"), "1 + 2 = 3");
        let joined = call(["concat", "a", "b"]).make(&add).await;
        assert_eq!(joined.expect("a string"), r#""a" + "b" = "ab""#);
    }

    #[tokio::test]
    async fn a_domain_error_prints_its_message() {
        let add = AddClient::local(Basic);
        let refused = call(["sum", "0", "0"]).make(&add).await;
        assert_eq!(
            refused.expect_err("no sum").to_string(),
            "can't sum two zeroes"
        );
    }

    #[test]
    fn values_may_be_negative() {
        let line = lexopt::Parser::from_args(["--to", "grpc://[::1]:1", "sum", "-1", "-2"]);
        let options = Options::parse(line).expect("options").expect("no help");
        assert_eq!(options.url, "grpc://[::1]:1");
        assert_eq!(options.call, Call::Sum(-1, -2));
    }
}
