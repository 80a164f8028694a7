//! Command-line handling of all examples.
//!
//! Help goes to standard output and exits with 0. Errors go to standard error:
//! a wrong command line exits with 2, a later failure with 1.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use lexopt::prelude::*;

/// The exit code of a wrong command line.
const MISTAKE: u8 = 2;

/// Parses the command line of a program and runs it. `parse` returns `None` for
/// `--help`.
pub async fn run<T>(
    program: &str,
    usage: &str,
    parse: impl FnOnce(lexopt::Parser) -> anyhow::Result<Option<T>>,
    run: impl AsyncFnOnce(T) -> anyhow::Result<()>,
) -> ExitCode {
    let (ended, failure) = match parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => (run(options).await, ExitCode::FAILURE),
        Ok(None) => (help(usage), ExitCode::FAILURE),
        Err(mistake) => (Err(mistake), ExitCode::from(MISTAKE)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error:#}");
            failure
        }
    }
}

fn help(usage: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{}", usage.trim_end())?)
}

/// The address of a server from `--addr`, its only option.
///
/// # Errors
/// The command line has another argument.
pub fn address(usage: &str, mut arguments: lexopt::Parser) -> anyhow::Result<Option<String>> {
    let mut address = "127.0.0.1:8080".to_owned();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("addr") => address = arguments.value()?.string()?,
            Long("help") | Short('h') => return Ok(None),
            _ => bail!("{}\n{usage}", argument.unexpected()),
        }
    }
    Ok(Some(address))
}

/// Parses the command line of a program with no option but `--help`.
///
/// # Errors
/// The command line has another argument.
pub fn nothing(usage: &str, mut arguments: lexopt::Parser) -> anyhow::Result<Option<()>> {
    match arguments.next()? {
        None => Ok(Some(())),
        Some(Long("help") | Short('h')) => Ok(None),
        Some(argument) => bail!("{}\n{usage}", argument.unexpected()),
    }
}
