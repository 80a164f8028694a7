//! The precedence of values.

use super::*;

#[test]
fn later_sources_override_earlier_ones() {
    let file = "[\"pb.Add\".sum]\ntimeout = \"30ms\"\n";
    let variables = [("KIT__PB_ADD__SUM__TIMEOUT", "40ms")];
    let timeout = |config: &Config, own| {
        let target = try_configure(config, Side::Server, own).expect("the configuration is valid");
        let knobs = config.knobs();
        let knob = knobs.get("pb.Add.sum.server.timeout.limit");
        let origin = knob.map(|knob| knob.origin.to_string());
        (target.timeouts()[0], origin.unwrap_or_default())
    };
    let check = |config: Config, own, milliseconds, origin: &str| {
        let expected = (Some(MS(milliseconds)), origin.to_owned());
        assert_eq!(timeout(&config, own), expected);
    };
    check(Config::new(), None, 2_000, "contract");
    check(Config::new(), Some(MS(20)), 20, "impl");
    check(parse(file), Some(MS(20)), 30, "kit.toml:2");
    let with_variables = || parse(file).with_variables(variables).expect("variables");
    check(
        with_variables(),
        Some(MS(20)),
        40,
        "env KIT__PB_ADD__SUM__TIMEOUT",
    );
    let config = with_variables();
    config.set("pb.Add.sum.timeout", "50ms").expect("a timeout");
    check(config, Some(MS(20)), 50, "set");
}

#[test]
fn narrower_scopes_override_wider_ones_within_one_source() {
    let text = "[\"pb.Add\"]\ntimeout = \"1ms\"\nserver = { timeout = \"2ms\" }\n\
                [\"pb.Add\".concat]\ntimeout = \"3ms\"\n\
                [\"pb.Add\".type.server]\ntimeout = \"4ms\"\n";
    let server = configure(&parse(text), Side::Server).timeouts();
    assert_eq!(server, [Some(MS(2)), Some(MS(3)), Some(MS(4))]);
    let client = configure(&parse(text), Side::Client).timeouts();
    assert_eq!(client, [Some(MS(1)), Some(MS(3)), Some(MS(1))]);
    let variables = [("KIT__PB_ADD__TIMEOUT", "9ms")];
    let config = parse(text).with_variables(variables).expect("variables");
    let server = configure(&config, Side::Server).timeouts();
    assert_eq!(
        server,
        [Some(MS(9)); 3],
        "a stronger source overrides a narrower scope"
    );
}

#[test]
fn a_policy_switched_off_stays_off_until_switched_on() {
    for off in ["false", "\"off\"", "'false'"] {
        let config = parse(&format!("[\"pb.Add\".sum]\ntimeout = {off}\n"));
        let target = configure(&config, Side::Server);
        assert_eq!(target.timeouts()[0], None, "{off}");
        let knob = config
            .knobs()
            .get("pb.Add.sum.server.timeout.limit")
            .cloned();
        let knob = knob.expect("a knob");
        assert_eq!(knob.value.as_deref(), Some("off"));
        assert_eq!(knob.origin.to_string(), "kit.toml:2");
        config.set("pb.Add.sum.timeout", "on").expect("a switch");
        assert_eq!(target.timeouts()[0], Some(MS(2_000)), "as it is declared");
    }
}
