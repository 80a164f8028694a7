//! The functions of a struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::functions::Functions;
use super::schema::{at, number, schema_field, schema_start};
use crate::derive::message::model::{Field, Model};

/// A struct: every field has a local variable, its slot.
pub(super) struct Struct<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) fields: &'a [Field<'a>],
}

impl Struct<'_> {
    /// `{ a: __0, b: __1 }`, which is a pattern and a constructor.
    fn bindings(&self) -> TokenStream {
        let members = self.fields.iter().map(|field| &field.member);
        let slots = self.slots();
        quote!({ #(#members: #slots),* })
    }

    fn slots(&self) -> Vec<Ident> {
        (0..self.fields.len())
            .map(|index| format_ident!("__{}", index, span = Span::mixed_site()))
            .collect()
    }

    /// The fields and their slots in the order of their numbers, which is the
    /// order on the wire.
    fn in_wire_order(&self) -> Vec<(&Field<'_>, Ident)> {
        let mut fields: Vec<_> = self.fields.iter().zip(self.slots()).collect();
        fields.sort_by_key(|(field, _)| field.entry.tag);
        fields
    }

    fn private(&self) -> TokenStream {
        self.model.container.private()
    }

    /// The type that encodes a field, and the slot as that type.
    fn coded(&self, field: &Field<'_>, slot: &Ident) -> (TokenStream, TokenStream) {
        let ty = field.ty;
        match &field.encoding {
            None => (quote!(#ty), quote!(#slot)),
            Some(encoding) => {
                let recode = self.recode(field, encoding);
                (
                    quote_spanned!(at(&ty)=> #recode::Coded),
                    quote_spanned!(at(&ty)=> &#recode::coded(#slot)),
                )
            }
        }
    }

    fn recode(&self, field: &Field<'_>, encoding: &Ident) -> TokenStream {
        let private = self.private();
        let ty = field.ty;
        quote_spanned!(at(encoding)=> <#ty as #private::proto::Recode<#private::proto::#encoding>>)
    }
}

impl Functions for Struct<'_> {
    fn encoded_len(&self) -> TokenStream {
        let private = self.private();
        let bindings = self.bindings();
        let lengths = self.in_wire_order().into_iter().map(|(field, slot)| {
            let tag = number(&field.entry);
            let (ty, value) = self.coded(field, &slot);
            quote_spanned!(at(field.ty)=> <#ty as #private::proto::Field>::field_len(#value, #tag))
        });
        quote! {
            let Self #bindings = self;
            0 #(+ #lengths)*
        }
    }

    fn encode(&self) -> TokenStream {
        let private = self.private();
        let bindings = self.bindings();
        let fields = self.in_wire_order().into_iter().map(|(field, slot)| {
            let tag = number(&field.entry);
            let (ty, value) = self.coded(field, &slot);
            quote_spanned!(at(field.ty)=> <#ty as #private::proto::Field>::encode_field(#value, #tag, out);)
        });
        quote! {
            let Self #bindings = self;
            #(#fields)*
        }
    }

    fn merge(&self) -> TokenStream {
        let private = self.private();
        let bindings = self.bindings();
        let slots = self.slots();
        let some = quote!(#private::core::option::Option::Some);
        let none = quote!(#private::core::option::Option::None);
        let filled = self
            .fields
            .iter()
            .zip(&slots)
            .map(|(field, slot)| match &field.encoding {
                None => quote!(#some(#slot)),
                Some(encoding) => {
                    let recode = self.recode(field, encoding);
                    quote!(#some(#recode::coded(&#slot)))
                }
            });
        let empty = slots.iter().map(|_| &none);
        let arms = self.fields.iter().zip(&slots).map(|(field, slot)| {
            let tag = number(&field.entry);
            let name = &field.entry.name;
            let (ty, _) = self.coded(field, slot);
            let read = quote_spanned!(at(field.ty)=> <#ty as #private::proto::Field>::read);
            quote!(#tag => #read(&mut #slot, key, input, <Self as #private::proto::Message>::NAME, #name)?,)
        });
        let finished = self.fields.iter().zip(&slots).map(|(field, slot)| {
            let member = &field.member;
            let name = &field.entry.name;
            let (ty, _) = self.coded(field, slot);
            let finish = quote_spanned!(at(field.ty)=> <#ty as #private::proto::Field>::finish);
            let value =
                quote!(#finish(#slot, input, <Self as #private::proto::Message>::NAME, #name)?);
            match &field.encoding {
                None => quote!(#member: #value),
                Some(encoding) => {
                    let recode = self.recode(field, encoding);
                    quote!(#member: #recode::plain(#value))
                }
            }
        });
        quote! {
            let (#(mut #slots,)*) = match current {
                #some(Self #bindings) => (#(#filled,)*),
                #none => (#(#empty,)*),
            };
            while let #some(key) = input.key()? {
                match key.tag {
                    #(#arms)*
                    _ => input.skip(key)?,
                }
            }
            #private::core::result::Result::Ok(Self { #(#finished),* })
        }
    }

    fn schema(&self) -> TokenStream {
        let private = self.private();
        let start = schema_start(self.model);
        let fields = self.fields.iter().map(|field| {
            let (ty, _) = self.coded(field, &format_ident!("_unused"));
            let ty = quote_spanned!(at(field.ty)=> <#ty as #private::proto::Field>::field_type());
            schema_field(&private, &field.entry, &ty)
        });
        quote!(#start #(#fields)*)
    }
}
