#[automatically_derived]
#[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
impl ::kit::__private::proto::Message for Item<'static> {
    const NAME: &'static ::kit::__private::core::primitive::str = "Item";
    fn encoded_len(&self) -> ::kit::__private::core::primitive::usize {
        0
    }
    fn encode(&self, out: &mut ::kit::__private::BytesMut) {}
    fn merge(
        current: ::kit::__private::core::option::Option<Self>,
        input: &mut ::kit::__private::proto::Reader<'_>,
    ) -> ::kit::__private::core::result::Result<
        Self,
        ::kit::__private::proto::DecodeError,
    > {
        ::kit::__private::core::result::Result::Err(
            ::kit::__private::proto::DecodeError::new("the type did not compile"),
        )
    }
    fn schema() -> ::kit::__private::proto::MessageSchema {
        ::kit::__private::proto::MessageSchema::new::<Self>()
    }
}
::core::compile_error! {
    "`Item` borrows for `'a`, but a message owns its fields\nhelp: remove the lifetime: use `String` for `&str`, `Vec<u8>` or `bytes::Bytes` for `&[u8]`"
}
::core::compile_error! {
    "a field number must be from 1 to 536870911\nhelp: write one of them; numbers below 16 take one byte on the wire"
}
::core::compile_error! {
    "`&'a str` is borrowed, but a message owns its fields\nhelp: use `String` for `&str`, `Vec<u8>` or `bytes::Bytes` for `&[u8]`"
}
