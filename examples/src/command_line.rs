//! What every example makes of its command line.
//!
//! Help is an answer: it goes to standard output, and is no failure. A mistake
//! goes to standard error and ends the program with 2, and what goes wrong
//! later with 1, so that a script can tell the two.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use lexopt::prelude::*;

/// What a command line with a mistake on it ends a program with.
const MISTAKE: u8 = 2;

/// Reads the command line of a program and does what it says. `parse` answers
/// `None` where it asks for help.
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

/// Where a server listens, from `--addr`; for servers with no other option.
///
/// # Errors
/// The command line has anything else on it.
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

/// For programs with no option but `--help`.
///
/// # Errors
/// The command line has anything else on it.
pub fn nothing(usage: &str, mut arguments: lexopt::Parser) -> anyhow::Result<Option<()>> {
    match arguments.next()? {
        None => Ok(Some(())),
        Some(Long("help") | Short('h')) => Ok(None),
        Some(argument) => bail!("{}\n{usage}", argument.unexpected()),
    }
}
