//! The variants of a method under the `#[cfg]`s of its parameters.

use quote::quote;

use super::attributes::{cfgs, condition};
use crate::parse::MethodSyntax;

impl MethodSyntax {
    /// The variants of the method, one per combination of its parameters' `#[cfg]`s.
    ///
    /// A parameter's `#[cfg]` changes the shape of the method, and so of
    /// everything generated for it.
    pub(super) fn variants(mut self) -> Vec<Self> {
        let position = self
            .parameters
            .iter()
            .position(|parameter| cfgs(&parameter.typed.attrs).next().is_some());
        let Some(position) = position else {
            return vec![self];
        };
        let attributes = std::mem::take(&mut self.parameters[position].typed.attrs);
        let (conditions, others): (Vec<_>, Vec<_>) = attributes
            .into_iter()
            .partition(|attribute| attribute.path().is_ident("cfg"));
        let conditions = conditions.iter().filter_map(condition);
        let condition = quote!(all(#(#conditions),*));
        self.parameters[position].typed.attrs = others;
        let mut without = self.clone();
        without.parameters.remove(position);
        let mut with = self;
        with.attributes
            .others
            .push(syn::parse_quote!(#[cfg(#condition)]));
        without
            .attributes
            .others
            .push(syn::parse_quote!(#[cfg(not(#condition))]));
        [with.variants(), without.variants()].concat()
    }
}
