//! The program `addsvc`, run as a process.

use std::process::Command;

#[test]
fn printed_configuration_matches_the_server() {
    let output = Command::new(env!("CARGO_BIN_EXE_addsvc"))
        .arg("--print-config")
        .env("KIT__PB_ADD__SUM__RATE_LIMIT", "200/s")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let mut rows = text.lines().map(|line| {
        let cells: Vec<_> = line.split("  ").filter(|cell| !cell.is_empty()).collect();
        cells.into_iter().map(str::trim).collect::<Vec<_>>()
    });
    assert_eq!(
        rows.next(),
        Some(vec!["KNOB", "VALUE", "DEFAULT", "ORIGIN"])
    );
    let rows: Vec<_> = rows.collect();
    let row = |name: &str| rows.iter().find(|row| row[0] == name).cloned();
    let (limit, timeout) = (
        "pb.Add.sum.server.rate_limit.rate",
        "pb.Add.concat.server.timeout.limit",
    );
    let variable = "env KIT__PB_ADD__SUM__RATE_LIMIT";
    assert_eq!(row(limit), Some(vec![limit, "200/s", "-", variable]));
    assert_eq!(row(timeout), Some(vec![timeout, "2s", "-", "contract"]));
    for row in &rows {
        assert!(row[0].contains(".server."), "{row:?}");
        assert!(!row[0].contains(".retry."), "{row:?}");
    }
}
