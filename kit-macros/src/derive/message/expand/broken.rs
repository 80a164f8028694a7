//! The functions of an invalid type.

use proc_macro2::TokenStream;
use quote::quote;

use super::functions::Functions;
use crate::derive::message::model::Model;

/// An invalid type; none of this runs.
pub(super) struct Broken<'a> {
    pub(super) model: &'a Model<'a>,
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
