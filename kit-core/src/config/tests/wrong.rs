//! Error messages of invalid configurations.

use super::*;

#[test]
fn unknown_name_error_lists_the_valid_names() {
    let policies = "expected one of `timeout`, `fallback`, `cache`, `throttle`, `retry`, `hedge`, \
                    `breaker`, `shed`, `concurrency`, `rate_limit`";
    assert_eq!(
        wrong("[\"pb.Add\".summ]\ntimeout = \"1s\"\n"),
        [
            "kit.toml:1:11: `pb.Add` has no method `summ`; did you mean `sum`? \
          expected one of `sum`, `concat`, `type`"
        ]
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum]\ntimeuot = \"1s\"\n"),
        [format!(
            "kit.toml:2:1: `pb.Add.sum`: there is no policy `timeuot`; \
             did you mean `timeout`? {policies}"
        )]
    );
    assert_eq!(
        wrong("[\"pb.Add\"]\ntimeuot = { limit = \"1s\" }\n"),
        [format!(
            "kit.toml:2:1: `pb.Add`: there is no policy `timeuot`; \
             did you mean `timeout`? {policies}"
        )]
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum]\nrate_limit = { rate = \"1/s\", brust = 2 }\n"),
        [
            "kit.toml:2:30: `pb.Add.sum.rate_limit` has no key `brust`; did you mean `burst`? \
          expected one of `rate`, `burst`, `cost`, `total`, `wait`, `key`, `max_keys`, `store`"
        ]
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum.srever]\ntimeout = \"1s\"\n").len(),
        1
    );
    assert_eq!(
        wrong("[pb.Add]\ntimeout = \"1s\"\n"),
        [
            "kit.toml:1:5: the name `pb.Add` has a dot, so TOML reads it as a nested table; \
          write it with quotes, as in `[\"pb.Add\"]`"
        ]
    );
}

#[test]
fn invalid_value_error_says_what_is_valid() {
    let check = |line: &str, expected: &str| {
        let text = format!("[\"pb.Add\".sum]\n{line}\n");
        assert_eq!(wrong(&text), [format!("kit.toml:2:{expected}")], "{line}");
    };
    let units = "the units are `ns`, `us`, `ms`, `s`, `m` and `h`";
    check(
        "timeout = 2",
        &format!(
            "11: `pb.Add.sum.timeout.limit`: `2` has no unit; \
             write a duration like \"2s\"; {units}"
        ),
    );
    check(
        "timeout = [\"2s\"]",
        "11: `pb.Add.sum.timeout`: expected settings of a policy, found a list; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`",
    );
    check(
        "timeout = {}",
        "11: `pb.Add.sum.timeout`: expected settings of a policy, found an empty table; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`",
    );
    check(
        "breaker = 5",
        "11: `pb.Add.sum.breaker`: expected settings of a policy, found 5; \
         write `breaker = 'failures = 5'`, a table of its keys, or `\"off\"`",
    );
    check(
        "timeout = 2026-01-01",
        "11: `pb.Add.sum.timeout`: expected settings of a policy, found a date; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`",
    );
    check(
        "timeout = { limit = { a = 1 } }",
        "21: `pb.Add.sum.timeout.limit`: expected a value, found a table; \
         write a string, a number, a boolean or a list of codes",
    );
    check(
        "rate_limit = \"fast\"",
        "14: `pb.Add.sum.rate_limit.rate`: `fast` is not a rate: it has no `/`; \
         write a rate like \"100/s\"",
    );
    check(
        "rate_limit = \"1/s, burst = 0\"",
        "14: `pb.Add.sum.rate_limit.burst`: `burst` must be at least 1; write `burst = 20`",
    );
    check(
        "retry = { on = [\"unavailble\"] }",
        "16: `pb.Add.sum.retry.on`: `unavailble` is not an error code; \
         did you mean `unavailable`? expected one of `cancelled`, `unknown`, `invalid_argument`, \
         `deadline_exceeded`, `not_found`, `already_exists`, `permission_denied`, \
         `resource_exhausted`, `failed_precondition`, `aborted`, `out_of_range`, \
         `unimplemented`, `internal`, `unavailable`, `data_loss`, `unauthenticated`",
    );
    check(
        "fallback = \"cached\"",
        "12: `pb.Add.sum.fallback`: only an attribute can name the function; \
         set it to `\"off\"` or `\"on\"` here",
    );
    check(
        "client = { shed = { cpu = 0.9 } }",
        "12: `pb.Add.sum.client.shed`: `shed` does not apply to a client; it applies to a server",
    );
}

#[test]
fn all_errors_are_reported_in_the_order_of_the_file() {
    let text = "[\"pb.Add\".concat]\ntimeout = \"soon\"\nretry = \"on\"\nno = 1\n\
                [\"pb.Add\".sum]\ntimeout = \"late\"\n";
    let places: Vec<String> = wrong(text)
        .iter()
        .map(|line| line.split(": ").next().unwrap_or_default().to_owned())
        .collect();
    let expected = [
        "kit.toml:2:11",
        "kit.toml:3:1",
        "kit.toml:4:1",
        "kit.toml:6:11",
    ];
    assert_eq!(places, expected);
}

#[test]
fn retry_of_a_method_that_is_not_idempotent_is_an_error() {
    assert_eq!(
        wrong("[\"pb.Add\".concat]\nretry = \"on\"\n"),
        [
            "kit.toml:2:1: `pb.Add.concat.retry`: `retry` needs an idempotent method, which this one \
          is not; mark it `#[endpoint(.., idempotent)]` if repeating it is safe, or remove the policy here"
        ]
    );
    let all: [String; 0] = [];
    assert_eq!(wrong("[\"pb.Add\"]\nretry = \"on\"\n"), all);
    assert_eq!(wrong("[\"pb.Add\".concat]\nretry = \"off\"\n"), all);
}

#[test]
fn a_policy_that_needs_the_request_requires_its_attribute() {
    let all: [String; 0] = [];
    assert_eq!(wrong("[\"pb.Add\".sum]\nhedge = \"on\"\n"), all);
    assert_eq!(
        wrong("[\"pb.Add\".sum]\ncache = \"ttl = 1s\"\n"),
        [
            "kit.toml:2:1: `pb.Add.sum.cache`: the method is compiled without support for `cache`; \
          add `#[cache(ttl = \"1s\")]` to the contract's method"
        ]
    );
    let target: Arc<dyn PolicyTarget> = Arc::new(RecordingTarget::default());
    let error = parse("[\"pb.Store\"]\nretry = \"on\"\n");
    let error = error.configure(&STORE, Side::Client, Vec::new(), &target);
    assert_eq!(
        error.expect_err("no method").to_string(),
        "kit.toml:2:1: `pb.Store.retry`: the method is compiled without support for `retry`; \
         add `#[retry(attempts = 3, backoff = \"20ms..1s\")]` to the contract's method"
    );
}

#[test]
fn conflicting_policies_are_errors() {
    let wrong = |text: &str| {
        let error = try_configure(&parse(text), Side::Client, None).err();
        error.unwrap_or_default()
    };
    assert_eq!(
        wrong("[\"pb.Add\".sum]\nretry = { attempt_timeout = \"2s\" }\n"),
        "kit.toml:2:29: `pb.Add.sum`: the `attempt_timeout` of `retry` is not shorter than the \
         `timeout`; write one that leaves time for a second attempt"
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum]\nbreaker = \"on\"\nthrottle = \"on\"\n"),
        "kit.toml:2:1: `pb.Add.sum`: `breaker` and `throttle` are alternatives, so only one can be on; \
         set one of them to `\"off\"`"
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum.client]\nrate_limit = \"1/s, key = arg(a)\"\n"),
        "kit.toml:2:14: `pb.Add.sum`: the method is not compiled to limit calls by argument `a`; \
         write `key = arg(a)` in its `#[rate_limit(..)]`"
    );
}

#[test]
fn variables_are_matched_by_upper_case_names() {
    let variables = [
        ("KIT__PB_ADD__TYPE__TIMEOUT", "1ms"),
        ("KIT__PB_ADD__CONCAT__SERVER__TIMEOUT__LIMIT", "2ms"),
        ("KIT__OTHER__SUM__TIMEOUT", "soon"),
    ];
    let config = Config::new().with_variables(variables).expect("variables");
    let timeouts = configure(&config, Side::Server).timeouts();
    assert_eq!(timeouts, [Some(MS(2_000)), Some(MS(2)), Some(MS(1))]);
    let wrong = |name: &str, value: &str| {
        let config = Config::new().with_variables([(name, value)]).expect(name);
        try_configure(&config, Side::Server, None)
            .err()
            .unwrap_or_default()
    };
    assert_eq!(
        wrong("KIT__PB_ADD__SUMM__TIMEOUT", "1s"),
        "KIT__PB_ADD__SUMM__TIMEOUT: `pb.Add` has no method `SUMM`; did you mean `SUM`? \
         expected one of `SUM`, `CONCAT`, `TYPE`"
    );
    assert_eq!(
        wrong("KIT__PB_ADD__SUM__RATE_LIMIT__BRUST", "1"),
        "KIT__PB_ADD__SUM__RATE_LIMIT__BRUST: `pb.Add.sum.rate_limit` has no key `BRUST`; \
         did you mean `burst`? \
         expected one of `rate`, `burst`, `cost`, `total`, `wait`, `key`, `max_keys`, `store`"
    );
    assert_eq!(
        wrong("KIT__PB_ADD__SUM", "1s"),
        "KIT__PB_ADD__SUM: `pb.Add.sum` is a method, not a policy; \
         give it a table of policies, as in `timeout = \"2s\"`"
    );
    assert_eq!(
        wrong("KIT__PB_ADD__SUM__TIMEOUT", ""),
        "KIT__PB_ADD__SUM__TIMEOUT: `pb.Add.sum.timeout`: expected settings of a policy, found nothing; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`"
    );
}

#[test]
fn a_variable_that_matches_two_names_is_an_error() {
    let target: Arc<dyn PolicyTarget> = Arc::new(RecordingTarget::default());
    let variables = [("KIT__ODD__A_B__TIMEOUT", "1s")];
    let config = Config::new().with_variables(variables).expect("variables");
    let error = config.configure(&ODD, Side::Server, Vec::new(), &target);
    assert_eq!(
        error.expect_err("two methods").to_string(),
        "KIT__ODD__A_B__TIMEOUT: `A_B` is ambiguous: it is the spelling of `a_b` and of `a__b`; \
         set them in a file"
    );
}

#[test]
fn a_table_of_an_adapter_without_its_feature_is_an_error() {
    let rule = "`redis` needs kit's feature `redis`, which is off; enable it in Cargo.toml, \
                `kit = { features = [\"redis\"] }`, or remove this";
    let in_file = Config::parse("[redis]\nurl = \"redis://127.0.0.1\"\n", "kit.toml");
    let error = in_file.expect_err("a file").to_string();
    assert_eq!(error, format!("kit.toml:1:2: {rule}"));
    let variables = [("KIT__REDIS__URL", "redis://127.0.0.1")];
    let in_environment = Config::new().with_variables(variables);
    let error = in_environment.expect_err("a variable").to_string();
    assert_eq!(error, format!("KIT__REDIS__URL: {rule}"));
    let set = Config::new().set("redis.url", "redis://127.0.0.1");
    let error = set.expect_err("a key").to_string();
    assert_eq!(error, format!("set redis.url: {rule}"));
}
