//! Snapshots of the derives' expansions. `KIT_BLESS=1` records them again.

use proc_macro2::TokenStream;
use quote::quote;

/// Compares an expansion with the file that holds it.
#[track_caller]
fn check(name: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).expect("the expansion is Rust");
    let text = prettyplease::unparse(&file);
    let path = format!(
        "{}/src/snapshots/derive/{name}.rs",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("KIT_BLESS").is_some() {
        std::fs::write(&path, text).expect("a writable source tree");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, expected,
        "{path} differs; KIT_BLESS=1 records it again"
    );
}

#[test]
fn a_struct() {
    let item = quote! {
        /// What a shelf holds.
        pub struct Item {
            /// The number on the label.
            pub id: u64,
            #[tag(9)]
            pub name: Option<String>,
            #[proto(sint32)]
            pub offset: i32,
        }
    };
    check("message_struct", super::message(item));
}

#[test]
fn a_generic_struct() {
    let item = quote! {
        #[kit(crate = crate::vendored, name = "acme.v1.Page")]
        struct Page<T, U>(Vec<T>, U) where T: Clone;
    };
    check("message_generic", super::message(item));
}

#[test]
fn an_enum_without_data() {
    let item = quote! {
        enum Color {
            Red,
            /// The light.
            Green = 7,
            #[other]
            Other(i32),
        }
    };
    check("message_enumeration", super::message(item));
}

#[test]
fn an_enum_with_data() {
    let item = quote! {
        enum Shape {
            Circle(f64),
            #[tag(5)]
            Nothing,
        }
    };
    check("message_oneof", super::message(item));
}

#[test]
fn a_message_with_mistakes() {
    let item = quote! {
        struct Item<'a> {
            #[tag(0)]
            id: &'a str,
        }
    };
    check("message_broken", super::message(item));
}

#[test]
fn a_service_error() {
    let item = quote! {
        pub enum AddError {
            /// Nothing was given.
            #[status(invalid_argument)]
            TwoZeroes,
            #[status(resource_exhausted, http = 400)]
            TooLong { limit: u32 },
            Status(#[from] kit::Status),
        }
    };
    check("service_error", super::service_error(item));
}
