//! The expansion: model → implementations.
//!
//! Each field is one line per function, which calls a generic function of the
//! runtime. The line has the span of the field's type, so that rustc reports a type
//! without a protobuf form there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Type, parse_quote};

use super::model::{Body, Entry, Enumeration, Field, Model, Variant};

/// The implementations of a valid type.
pub(super) fn message(model: &Model<'_>) -> TokenStream {
    match &model.body {
        Body::Message(fields) => message_impl(model, &Struct { model, fields }),
        Body::OneOf(variants) => message_impl(model, &OneOf { model, variants }),
        Body::Enumeration(enumeration) => enumeration_impls(model, enumeration),
        Body::Unsupported => TokenStream::new(),
    }
}

/// The implementations of an invalid type, so that its uses are not reported as
/// errors.
pub(super) fn fallback(model: &Model<'_>) -> TokenStream {
    match &model.body {
        // Its parameter is unused, so rustc reports the type itself.
        Body::Enumeration(_) if model.generics.type_params().next().is_some() => TokenStream::new(),
        Body::Enumeration(_) => {
            let nothing = Enumeration {
                values: Vec::new(),
                other: None,
            };
            enumeration_impls(model, &nothing)
        }
        _ => message_impl(model, &Broken { model }),
    }
}

/// The functions of `Message` for one form of type.
trait Functions {
    fn encoded_len(&self) -> TokenStream;
    fn encode(&self) -> TokenStream;
    fn merge(&self) -> TokenStream;
    fn schema(&self) -> TokenStream;
}

fn message_impl(model: &Model<'_>, functions: &dyn Functions) -> TokenStream {
    let private = model.container.private();
    let ident = model.ident;
    let name = model.name();
    let generics = bounded(model);
    let (parameters, _, clause) = generics.split_for_impl();
    let arguments = arguments(model.generics);
    let encoded_len = functions.encoded_len();
    let encode = functions.encode();
    let merge = functions.merge();
    let schema = functions.schema();
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
        impl #parameters #private::proto::Message for #ident #arguments #clause {
            const NAME: &'static #private::core::primitive::str = #name;

            fn encoded_len(&self) -> #private::core::primitive::usize {
                #encoded_len
            }

            fn encode(&self, out: &mut #private::BytesMut) {
                #encode
            }

            fn merge(
                current: #private::core::option::Option<Self>,
                input: &mut #private::proto::Reader<'_>,
            ) -> #private::core::result::Result<Self, #private::proto::DecodeError> {
                #merge
            }

            fn schema() -> #private::proto::MessageSchema {
                #schema
            }
        }
    }
}

/// The type's generics with the bounds that their use in fields needs: a parameter
/// that is the type of a field must be a `Field`; one within a list, an option or a
/// map must be `Repeatable`.
fn bounded(model: &Model<'_>) -> Generics {
    let mut generics = model.generics.clone();
    // `check` has reported a type that borrows; an implementation for `'static`
    // prevents a second error by the compiler.
    generics.params = generics
        .params
        .into_iter()
        .filter(|parameter| !matches!(parameter, syn::GenericParam::Lifetime(_)))
        .collect();
    let private = model.container.private();
    let types: Vec<&Type> = match &model.body {
        Body::Message(fields) => fields.iter().map(|field| field.ty).collect(),
        Body::OneOf(variants) => variants.iter().filter_map(|variant| variant.ty).collect(),
        Body::Enumeration(_) | Body::Unsupported => Vec::new(),
    };
    let in_one_of = matches!(model.body, Body::OneOf(_));
    let parameters: Vec<Ident> = generics.type_params().map(|p| p.ident.clone()).collect();
    for parameter in parameters {
        let is_field = |ty: &Type| parameter == ty.to_token_stream().to_string();
        let only_fields = types
            .iter()
            .filter(|ty| mentions(ty.to_token_stream(), &parameter))
            .all(|ty| is_field(ty));
        let bound: syn::TypeParamBound = if only_fields && !in_one_of {
            parse_quote!(#private::proto::Field)
        } else {
            parse_quote!(#private::proto::Repeatable)
        };
        let clause = generics.make_where_clause();
        clause.predicates.push(parse_quote!(#parameter: #bound));
    }
    generics
}

fn mentions(tokens: TokenStream, ident: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(found) => found == *ident,
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), ident),
        _ => false,
    })
}

/// `<'static, T, N>` of a type.
fn arguments(generics: &Generics) -> TokenStream {
    let arguments = generics.params.iter().map(|parameter| match parameter {
        syn::GenericParam::Lifetime(_) => quote!('static),
        syn::GenericParam::Type(ty) => ty.ident.to_token_stream(),
        syn::GenericParam::Const(value) => value.ident.to_token_stream(),
    });
    quote!(<#(#arguments),*>)
}

/// A schema with the names of type arguments and the documentation.
fn schema_start(model: &Model<'_>) -> TokenStream {
    let private = model.container.private();
    let parameters = model.generics.type_params().map(|parameter| {
        let ident = &parameter.ident;
        quote!(.parameter::<#ident>())
    });
    let docs = docs_call(&model.docs);
    quote!(#private::proto::MessageSchema::new::<Self>() #(#parameters)* #docs)
}

fn docs_call(docs: &str) -> Option<TokenStream> {
    (!docs.is_empty()).then(|| quote!(.docs(#docs)))
}

/// `.field(..)` of a schema; `ty` is the field's type as data.
fn schema_field(private: &TokenStream, entry: &Entry<'_>, ty: &TokenStream) -> TokenStream {
    let name = &entry.name;
    let tag = number(entry);
    let docs = docs_call(&entry.docs);
    let deprecated = entry.deprecated.then(|| quote!(.deprecated()));
    quote!(.field(#private::proto::FieldSchema::new(#name, #tag, #ty) #docs #deprecated))
}

fn number(entry: &Entry<'_>) -> proc_macro2::Literal {
    // `check` ensures that the number fits.
    proc_macro2::Literal::u32_unsuffixed(u32::try_from(entry.tag).unwrap_or(u32::MAX))
}

/// A struct: every field has a local variable, its slot.
struct Struct<'a> {
    model: &'a Model<'a>,
    fields: &'a [Field<'a>],
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

/// An enum with data: the last variant on the wire wins.
struct OneOf<'a> {
    model: &'a Model<'a>,
    variants: &'a [Variant<'a>],
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

/// An invalid type; none of this runs.
struct Broken<'a> {
    model: &'a Model<'a>,
}

impl Functions for Broken<'_> {
    fn encoded_len(&self) -> TokenStream {
        quote!(0)
    }

    fn encode(&self) -> TokenStream {
        TokenStream::new()
    }

    fn merge(&self) -> TokenStream {
        let private = self.model.container.private();
        quote! {
            #private::core::result::Result::Err(
                #private::proto::DecodeError::new("the type did not compile")
            )
        }
    }

    fn schema(&self) -> TokenStream {
        let private = self.model.container.private();
        quote!(#private::proto::MessageSchema::new::<Self>())
    }
}

fn enumeration_impls(model: &Model<'_>, enumeration: &Enumeration<'_>) -> TokenStream {
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
        let name = super::names::unraw(value.ident);
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
    let size = proc_macro2::Literal::u64_unsuffixed(number.unsigned_abs());
    quote!(#sign #size)
}

/// The span of the user's tokens, with the hygiene of the expansion: a type from a
/// `macro_rules!` would not see the generated variables.
fn at(tokens: &dyn ToTokens) -> Span {
    Span::call_site().located_at(tokens.to_token_stream().span())
}
