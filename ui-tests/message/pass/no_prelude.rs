#![no_implicit_prelude]
#![deny(warnings, missing_docs)]
//! The prelude is not in scope, and its names mean something else.

#[allow(dead_code)]
enum Option {}
#[allow(dead_code)]
enum Result {}
#[allow(dead_code, non_camel_case_types)]
struct u32;
#[allow(dead_code, non_camel_case_types)]
struct usize;
#[allow(dead_code)]
trait Field {}
#[allow(unused_macros)]
macro_rules! vec { () => { } }

/// A message.
#[derive(::kit::Message)]
pub struct Item {
    /// Its number.
    #[proto(sint64)]
    pub id: i64,
    /// Its name.
    pub name: ::std::option::Option<::std::string::String>,
    /// Its form.
    pub shape: ::std::option::Option<Shape>,
    /// Its colour.
    pub color: Color,
}

/// A form.
#[derive(::kit::Message)]
pub enum Shape {
    /// Round.
    Some(f64),
    /// None.
    None,
}

/// A colour.
#[derive(::kit::Message)]
pub enum Color {
    /// The default.
    Ok,
    /// Another.
    Err,
    /// The rest.
    #[other]
    Other(i32),
}

/// Runs the case.
pub fn main() {}
