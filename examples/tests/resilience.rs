//! The program `resilience`, run as a process.

use std::process::{Command, Output};
use std::sync::Arc;

use examples::resilience::options::Options;
use examples::resilience::record::Recorder;
use examples::resilience::run::run;

fn resilience(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_resilience"))
        .args(arguments)
        .output()
        .expect("the program runs")
}

#[test]
fn a_run_prints_its_summary_and_writes_its_plot() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("run.svg");
    let path = picture.to_str().expect("a path of text");
    let output = resilience(&["--plain", "--seconds", "2", "--svg", path]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    for line in ["\nsummary ", "\nall ", " calls not made"] {
        assert!(text.contains(line), "no {line:?} in: {text}");
    }
    let svg = std::fs::read_to_string(picture).expect("a picture");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
}

#[test]
fn an_unknown_key_is_reported_before_the_first_call() {
    let output = resilience(&["--set", "breaker.opne=5s"]);
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"");
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.contains("has no key `opne`"), "{text}");
}

#[test]
fn help_exits_0_and_a_wrong_option_prints_it() {
    let help = resilience(&["--help"]);
    assert!(help.status.success(), "{help:?}");
    let usage = String::from_utf8(help.stdout).expect("text");
    assert!(usage.starts_with("usage: resilience "), "{usage}");
    let wrong = resilience(&["--bogus"]);
    assert!(!wrong.status.success(), "{wrong:?}");
    let text = String::from_utf8(wrong.stderr).expect("text");
    assert!(text.ends_with(&format!("{usage}\n")), "{text}");
}

#[tokio::test]
async fn an_interrupted_run_prints_its_summary() {
    let line = lexopt::Parser::from_args(["--seconds", "600", "--plain"]);
    let options = Options::parse(line).expect("options");
    let options = options.expect("no call for help");
    let recorder = Arc::new(Recorder::new(true));
    let mut out = Vec::new();
    let outcome = run(&options, recorder, std::future::ready(()), &mut out).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    let text = String::from_utf8(out).expect("text");
    assert!(text.contains("\nall "), "{text}");
}
