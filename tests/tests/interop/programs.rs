//! Third-party programs against `addsvc`: curl over HTTP/1.1 and HTTP/2, and
//! promtool on the metrics.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use examples::add::{AddServer, Basic};
use kit::prelude::*;
use kit::testing::{self, Running, Scripted};

/// Whether a program is installed. In CI an absent one is a failure; elsewhere
/// the test prints that it was skipped.
fn found(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    let required = std::env::var_os("KIT_REQUIRE_SERVERS").is_some();
    assert!(found || !required, "{program} not found");
    if !found {
        eprintln!("skipped: {program} not found");
    }
    found
}

async fn addsvc() -> Running {
    testing::serve(kit::Server::new().mount(AddServer::new(Basic))).await
}

/// Runs a program on a blocking thread, while the runtime serves.
async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("no panic")
        .expect("the program runs")
}

/// Runs curl and returns the HTTP version and status, and the body.
async fn curl(server: &Running, path: &str, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new("curl");
    command
        .args([
            "--silent",
            "--max-time",
            "20",
            "--write-out",
            "\n%{http_version} %{http_code}",
        ])
        .args(arguments)
        .arg(server.url("http") + path);
    let output = run(command).await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let (body, summary) = text.rsplit_once('\n').expect("a summary");
    (summary.to_owned(), body.to_owned())
}

const JSON: [&str; 2] = ["--header", "content-type: application/json"];

#[tokio::test(flavor = "multi_thread")]
async fn curl_calls_over_both_versions_of_http() {
    if !found("curl") {
        return;
    }
    let server = addsvc().await;
    for (option, version) in [("--http1.1", "1.1"), ("--http2-prior-knowledge", "2")] {
        let call = [&JSON[..], &[option, "--data", r#"{"a":1,"b":2}"#]].concat();
        let (summary, body) = curl(&server, "/sum", &call).await;
        assert_eq!(summary, format!("{version} 200"));
        assert_eq!(body, r#"{"v":3}"#);

        let call = [&JSON[..], &[option, "--data", r#"{"a":0,"b":0}"#]].concat();
        let (summary, body) = curl(&server, "/sum", &call).await;
        assert_eq!(summary, format!("{version} 400"));
        assert_eq!(
            body,
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"can't sum two zeroes","code":"invalid_argument","reason":"TwoZeroes"}"#
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_gets_100_continue() {
    if !found("curl") {
        return;
    }
    let server = addsvc().await;
    let call = [
        &JSON[..],
        &[
            "--verbose",
            "--http1.1",
            "--header",
            "expect: 100-continue",
            "--expect100-timeout",
            "15",
            "--data",
            r#"{"a":"x","b":"y"}"#,
        ],
    ]
    .concat();
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--max-time", "20"])
        .args(&call)
        .arg(server.url("http") + "/concat");
    let output = run(command).await;
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("< HTTP/1.1 100 Continue"), "{log}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), r#"{"v":"xy"}"#);
}

/// A service with every client policy that has metrics.
#[kit::service(name = "test.Troubled")]
#[transport(http)]
pub(crate) trait Troubled {
    #[breaker(failures = 1, open = "60s")]
    #[concurrency(4, at = client)]
    #[rate_limit("9/s", wait = "1s", at = client)]
    #[endpoint(idempotent)]
    #[retry(attempts = 2)]
    #[hedge(after = "1s")]
    #[cache(ttl = "1s")]
    #[fallback(as_it_is)]
    async fn fetch(&self) -> Result<u32, Status>;
}

async fn as_it_is(_: &Context, _: troubled::FetchRequest, error: Status) -> Result<u32, Status> {
    Err(error)
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_accepts_the_metrics() {
    if !found("promtool") || !found("curl") {
        return;
    }
    let scripted = Scripted::new();
    scripted
        .on::<troubled::Fetch>()
        .fail(Status::unavailable("down"));
    let troubled = TroubledClient::new(scripted);
    for _ in 0..2 {
        assert!(troubled.fetch().await.is_err());
    }
    let server = addsvc().await;
    let call = [&JSON[..], &["--data", r#"{"a":1,"b":2}"#]].concat();
    curl(&server, "/sum", &call).await;
    let (summary, metrics) = curl(&server, "/metrics", &[]).await;
    assert_eq!(summary, "1.1 200");
    assert!(
        metrics.contains(
            r#"rpc_server_calls_total{rpc_service="pb.Add",rpc_method="Sum",code="ok"} "#
        )
    );
    for family in [
        "refusals_total",
        "policy_state_changes_total",
        "breakers",
        "concurrency_limit",
        "rate_limit_queued",
        "retries_total",
        "retries_given_up_total",
        "hedges_total",
        "hedges_won_total",
        "hedges_unpaid_total",
        "cache_lookups_total",
        "cache_coalesced_total",
        "cache_entries",
        "fallbacks_total",
        "fallbacks_failed_total",
    ] {
        let labels = r#"{rpc_service="test.Troubled",rpc_method="Fetch""#;
        let series = format!("rpc_client_{family}{labels}");
        assert!(metrics.contains(&series), "{series}");
    }

    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let mut input = promtool.stdin.take().expect("a pipe");
    input.write_all(metrics.as_bytes()).expect("promtool reads");
    // promtool requires a line feed at the end of the exposition.
    input.write_all(b"\n").expect("promtool reads");
    drop(input);
    let output = promtool.wait_with_output().expect("promtool ends");
    assert!(output.status.success(), "{output:?}");
}
