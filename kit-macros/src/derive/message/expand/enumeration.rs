//! The impls of an enum without data.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::derive::message::model::{Enumeration, Model};
use crate::derive::message::names;

/// The impls of `Enumeration` and `Message`.
pub(super) fn enumeration_impls(model: &Model<'_>, enumeration: &Enumeration<'_>) -> TokenStream {
    let private = model.container.private();
    let ident = model.ident;
    let name = model.name();
    let docs = &model.docs;
    let i32 = quote!(#private::core::primitive::i32);
    let some = quote!(#private::core::option::Option::Some);
    let idents: Vec<_> = enumeration.values.iter().map(|value| value.ident).collect();
    let numbers: Vec<_> = enumeration
        .values
        .iter()
        .map(|value| literal(value.number))
        .collect();
    let to_other = enumeration
        .other
        .map(|other| quote!(Self::#other(number) => *number,));
    let from_other = match enumeration.other {
        Some(other) => quote!(#some(Self::#other(number))),
        None => quote!(#private::core::option::Option::None),
    };
    // An enum without variants is already reported.
    let no_variants =
        (enumeration.values.is_empty() && enumeration.other.is_none()).then(|| quote!(_ => 0,));
    let values = enumeration.values.iter().map(|value| {
        let name = names::unraw(value.ident);
        let number = literal(value.number);
        let docs = &value.docs;
        quote!(#private::proto::EnumValue::new(#name, #number, #docs))
    });
    let (parameters, arguments, _) = model.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(deprecated, clippy::all, clippy::pedantic)]
        impl #parameters #private::proto::Enumeration for #ident #arguments {
            const NAME: &'static #private::core::primitive::str = #name;

            fn number(&self) -> #i32 {
                match self {
                    #(Self::#idents => #numbers,)*
                    #to_other
                    #no_variants
                }
            }

            fn from_number(number: #i32) -> #private::core::option::Option<Self> {
                match number {
                    #(#numbers => #some(Self::#idents),)*
                    _ => #from_other,
                }
            }

            fn enum_schema() -> #private::proto::EnumSchema {
                #private::proto::EnumSchema::new(#name, #docs, const { &[#(#values),*] })
            }
        }

        #private::enumeration!([#parameters] #ident #arguments);
    }
}

fn literal(number: i64) -> TokenStream {
    let sign = (number < 0).then(|| quote!(-));
    let size = Literal::u64_unsuffixed(number.unsigned_abs());
    quote!(#sign #size)
}
