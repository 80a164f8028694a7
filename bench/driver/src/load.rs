//! Asks a server, for so long or so often, and reads what came of it.
//!
//! wrk for HTTP/1 and h2load for gRPC, which cost far less than what they
//! measure; a protocol that neither speaks is asked by its own client. Every
//! answer that isn't right makes the whole row fail.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::contest::{Asker, Check};
use crate::machine::target;
use crate::peer::program;

#[derive(Clone, Copy)]
pub(crate) enum Length {
    Seconds(u32),
    Calls(u64),
}

pub(crate) struct Answered {
    pub(crate) calls: u64,
    pub(crate) per_second: f64,
    /// The asking process's own CPU seconds, where it is a client.
    pub(crate) cpu: f64,
}

/// `SumRequest { a: 1, b: 2 }`, behind gRPC's prefix.
const GRPC_SUM: [u8; 9] = [0, 0, 0, 0, 4, 0x08, 1, 0x10, 2];

impl Asker {
    /// `command` pins, and may wrap, the program that asks.
    pub(crate) fn ask(
        &self,
        addr: SocketAddr,
        length: Length,
        profile: &str,
        command: Command,
    ) -> Result<Answered> {
        match (self, length) {
            (Self::Http { path, body, .. }, Length::Seconds(seconds)) => {
                wrk(&format!("http://{addr}{path}"), body, seconds, command)
            }
            (Self::Http { path, body, .. }, Length::Calls(calls)) => {
                // wrk can't count to a number; h2load also speaks HTTP/1.
                let calls = calls.to_string();
                let args = [
                    "--h1",
                    "-c64",
                    "-n",
                    &calls,
                    "-H",
                    "content-type: application/json",
                ];
                h2load(
                    &format!("http://{addr}{path}"),
                    body.as_bytes(),
                    &args,
                    command,
                )
            }
            (Self::Grpc { streams }, length) => {
                let (flag, length) = match length {
                    Length::Seconds(seconds) => ("-D", seconds.to_string()),
                    Length::Calls(calls) => ("-n", calls.to_string()),
                };
                let streams = format!("-m{streams}");
                let headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];
                let args = [&["-c1", &streams, flag, &length], &headers[..]].concat();
                h2load(
                    &format!("http://{addr}/pb.Add/Sum"),
                    &GRPC_SUM,
                    &args,
                    command,
                )
            }
            (
                Self::Client {
                    peer,
                    what,
                    in_flight,
                },
                length,
            ) => client((peer, what), addr, *in_flight, length, profile, command),
        }
    }
}

/// Two calls by a client that looks at the answers.
pub(crate) fn check(
    client_of: Check,
    addr: SocketAddr,
    profile: &str,
    command: Command,
) -> Result<()> {
    client(client_of, addr, 1, Length::Calls(2), profile, command).map(|_| ())
}

fn client(
    (peer, what): Check,
    addr: SocketAddr,
    in_flight: u32,
    length: Length,
    profile: &str,
    mut command: Command,
) -> Result<Answered> {
    let length = match length {
        Length::Seconds(seconds) => format!("{seconds}s"),
        Length::Calls(calls) => calls.to_string(),
    };
    command.arg(program(peer, profile));
    command.args([
        "client",
        what,
        &addr.to_string(),
        &in_flight.to_string(),
        &length,
    ]);
    let text = output(command)?;
    let value = |key: &str| -> Result<f64> {
        let value = text
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
        Ok(value
            .ok_or_else(|| format!("the client of `{peer}` doesn't print {key}"))?
            .parse()?)
    };
    let (calls, wall, cpu) = (
        value("calls")?,
        value("wall_ns")? / 1e9,
        value("cpu_ns")? / 1e9,
    );
    Ok(Answered {
        calls: calls as u64,
        per_second: calls / wall,
        cpu,
    })
}

fn wrk(url: &str, body: &str, seconds: u32, mut command: Command) -> Result<Answered> {
    let script = format!(
        "wrk.method = \"POST\"\nwrk.body = '{body}'\nwrk.headers[\"Content-Type\"] = \"application/json\"\n"
    );
    let script = file("wrk.lua", script.as_bytes())?;
    command
        .args(["wrk", "-t1", "-c64"])
        .arg(format!("-d{seconds}s"))
        .arg("-s")
        .arg(script)
        .arg(url);
    let text = output(command)?;
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("wrong answers\n{text}").into());
    }
    let calls = before(&text, " requests in")
        .ok_or("wrk prints no count")?
        .parse()?;
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(Answered {
        calls,
        per_second: rate.ok_or("wrk prints no rate")?.trim().parse()?,
        cpu: 0.0,
    })
}

fn h2load(url: &str, body: &[u8], args: &[&str], mut command: Command) -> Result<Answered> {
    let body = file("h2load.body", body)?;
    command
        .args(["h2load", "-t1"])
        .args(args)
        .arg("-d")
        .arg(body)
        .arg(url);
    let text = output(command)?;
    let count = |what| before(&text, what).ok_or("h2load prints no counts");
    if count(" failed,")? != "0" || count(" errored,")? != "0" {
        return Err(format!("wrong answers\n{text}").into());
    }
    let calls = count(" succeeded,")?.parse()?;
    Ok(Answered {
        calls,
        per_second: count(" req/s,")?.parse()?,
        cpu: 0.0,
    })
}

/// The word before this one.
fn before<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    text.split_once(mark)?.0.rsplit([' ', '\n']).next()
}

fn output(mut command: Command) -> Result<String> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().into())
    }
}

fn file(name: &str, content: &[u8]) -> Result<PathBuf> {
    let path = target().join(name);
    fs::write(&path, content)?;
    Ok(path)
}
