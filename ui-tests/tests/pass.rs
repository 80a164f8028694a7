//! Compiles and runs every passing case.
//!
//! All cases are modules of one program, because linking each by itself would
//! take minutes. The program does not use the test harness, because rustc does
//! not report `missing_docs` there. A case does not depend on the others, so
//! it can be pasted into a `main.rs`.

// A case that tests one of these lints denies it itself.
#![allow(
    dead_code,
    missing_docs,
    non_camel_case_types,
    unreachable_pub,
    unused_imports
)]

use std::path::Path;

macro_rules! cases {
    ($($directory:literal $attribute:ident { $($case:ident)* })*) => {
        $(
            #[path = $directory]
            pub mod $attribute {
                $(pub mod $case;)*
            }
        )*

        const CASES: &[(&str, fn())] = &[
            $($((
                concat!(stringify!($attribute), "/pass/", stringify!($case), ".rs"),
                $attribute::$case::main,
            ),)*)*
        ];
    };
}

cases! {
    "../breaker/pass" breaker {
        every_form
    }
    "../cache/pass" cache {
        cached_response_skips_the_call
    }
    "../concurrency/pass" concurrency {
        every_form
    }
    "../config/pass" config {
        every_form
    }
    "../dynamic/pass" dynamic {
        service_chosen_at_run_time
    }
    "../endpoint/pass" endpoint {
        different_routes_do_not_collide
        every_verb_and_key
    }
    "../fallback/pass" fallback {
        failure_is_replaced_by_the_function
    }
    "../hygiene/pass" hygiene {
        attribute_by_its_path
        generated_code_is_documented_and_free_of_warnings
        kit_re_exported
        kit_renamed
        methods_named_like_the_prelude
        no_prelude
        other_attributes_are_kept
        parameters_named_like_generated_locals
        raw_identifiers_lose_their_prefix_on_the_wire
        shadowed_prelude_names
        shadowed_primitive_types
        trait_from_a_macro
        types_named_like_markers_and_requests
    }
    "../message/pass" message {
        every_type
        generics
        no_prelude
        raw_names_and_macros
        renamed_crate
    }
    "../middleware/pass" middleware {
        middleware_on_a_trait_a_method_and_an_impl
        middleware_on_an_impl_in_another_module
    }
    "../mock/pass" mock {
        mock_returns_what_was_set
    }
    "../parameter/pass" parameter {
        every_source
        many_types
        sixteen_arguments
    }
    "../register/pass" register {
        impl_is_registered
    }
    "../service/pass" service {
        cfg_removes_a_method_everywhere
        cfg_removes_a_parameter_everywhere
        code_generic_over_the_trait
        descriptor_holds_the_wire_names
        docs_are_kept
        empty_trait
        future_can_be_spawned
        impl_without_the_attribute
        name_that_ends_like_a_reserved_table
        recursive_calls_through_a_client
        trait_and_methods_with_lifetimes
        trait_in_a_function
        trait_in_another_crate
        trait_of_any_visibility
        trait_with_a_const_parameter
        trait_with_type_parameters
        trait_with_where_clauses_and_supertraits
    }
    "../service_error/pass" service_error {
        every_form
        generic_enum_with_marked_variants
        no_prelude
        renamed_crate
    }
    "../streaming/pass" streaming {
        every_kind
    }
    "../rate_limit/pass" rate_limit {
        every_form
    }
    "../retry/pass" retry {
        every_form
        failed_call_is_retried
    }
    "../standalone/pass" standalone {
        policies_on_a_plain_function
        policies_on_functions_of_any_signature
    }
    "../timeout/pass" timeout {
        every_form
    }
    "../transport/pass" transport {
        grpc_only_types_need_no_serde
        http_only_types_need_no_message
        method_narrows_the_transports
    }
}

fn main() {
    check_every_file_is_listed();
    let failed = CASES.iter().filter(|(name, case)| {
        eprintln!("case {name}");
        std::panic::catch_unwind(case).is_err()
    });
    let failed = failed.count();
    assert_eq!(failed, 0, "{failed} of {} cases failed", CASES.len());
}

/// A file that is missing from the list above would never be compiled.
fn check_every_file_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = |path: &Path| std::fs::read_dir(path).into_iter().flatten();
    for attribute in list(root).map(|entry| entry.expect("a readable entry").path()) {
        for case in list(&attribute.join("pass")) {
            let case = case.expect("a readable entry").path();
            if case
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                continue;
            }
            let name = case.strip_prefix(root).expect("a path below the root");
            let name = name.to_str().expect("a name in UTF-8");
            assert!(
                CASES.iter().any(|(listed, _)| *listed == name),
                "add `{name}` to the list in tests/pass.rs",
            );
        }
    }
}
