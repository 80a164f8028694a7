//! The functions of an enum with data.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::functions::Functions;
use super::schema::{at, number, schema_field, schema_start};
use crate::derive::message::model::{Model, Variant};

/// An enum with data: the last variant on the wire wins.
pub(super) struct OneOf<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) variants: &'a [Variant<'a>],
}

impl OneOf<'_> {
    /// A match on the variants, with `call` of the type, value and number of each.
    fn arms(
        &self,
        call: impl Fn(&TokenStream, TokenStream, TokenStream) -> TokenStream,
    ) -> TokenStream {
        let arms = self.variants.iter().map(|variant| {
            let ident = variant.ident;
            let tag = number(&variant.entry).into_token_stream();
            match variant.ty {
                Some(ty) => {
                    let call = call(&quote!(#ty), quote!(value), tag);
                    quote!(Self::#ident(value) => #call,)
                }
                None => {
                    let call = call(&quote!(()), quote!(&()), tag);
                    quote!(Self::#ident => #call,)
                }
            }
        });
        quote!(match self { #(#arms)* })
    }
}

impl Functions for OneOf<'_> {
    fn encoded_len(&self) -> TokenStream {
        let private = self.model.container.private();
        self.arms(|ty, value, tag| {
            quote_spanned!(at(&ty)=> <#ty as #private::proto::Value>::member_len(#value, #tag))
        })
    }

    fn encode(&self) -> TokenStream {
        let private = self.model.container.private();
        self.arms(|ty, value, tag| {
            quote_spanned!(at(&ty)=> <#ty as #private::proto::Value>::encode_member(#value, #tag, out))
        })
    }

    fn merge(&self) -> TokenStream {
        let private = self.model.container.private();
        let some = quote!(#private::core::option::Option::Some);
        let none = quote!(#private::core::option::Option::None);
        let name = quote!(<Self as #private::proto::Message>::NAME);
        let arms = self.variants.iter().map(|variant| {
            let ident = variant.ident;
            let tag = number(&variant.entry);
            let field = &variant.entry.name;
            match variant.ty {
                Some(ty) => {
                    let read =
                        quote_spanned!(at(&ty)=> <#ty as #private::proto::Value>::read_member(earlier, key, input, #name, #field)?);
                    quote! {
                        #tag => {
                            let earlier = match current {
                                #some(Self::#ident(value)) => #some(value),
                                _ => #none,
                            };
                            current = #some(Self::#ident(#read));
                        }
                    }
                }
                None => quote! {
                    #tag => {
                        <() as #private::proto::Value>::read_member(#none, key, input, #name, #field)?;
                        current = #some(Self::#ident);
                    }
                },
            }
        });
        quote! {
            let mut current = current;
            while let #some(key) = input.key()? {
                match key.tag {
                    #(#arms)*
                    _ => input.skip(key)?,
                }
            }
            #private::proto::one_of(current)
        }
    }

    fn schema(&self) -> TokenStream {
        let private = self.model.container.private();
        let start = schema_start(self.model);
        let fields = self.variants.iter().map(|variant| {
            let ty = match variant.ty {
                Some(ty) => quote!(#ty),
                None => quote!(()),
            };
            let ty = quote_spanned!(at(&ty)=>
                #private::proto::FieldType::Single(<#ty as #private::proto::Value>::value_type()));
            schema_field(&private, &variant.entry, &ty)
        });
        quote!(#start #(#fields)* .one_of())
    }
}
