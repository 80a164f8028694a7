#[automatically_derived]
#[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
impl ::kit::__private::proto::Message for Item {
    const NAME: &'static ::kit::__private::core::primitive::str = "Item";
    fn encoded_len(&self) -> ::kit::__private::core::primitive::usize {
        let Self { id: __0, name: __1, offset: __2 } = self;
        0 + <u64 as ::kit::__private::proto::Field>::field_len(__0, 1)
            + <<i32 as ::kit::__private::proto::Recode<
                ::kit::__private::proto::Sint32,
            >>::Coded as ::kit::__private::proto::Field>::field_len(
                &<i32 as ::kit::__private::proto::Recode<
                    ::kit::__private::proto::Sint32,
                >>::coded(__2),
                3,
            ) + <Option<String> as ::kit::__private::proto::Field>::field_len(__1, 9)
    }
    fn encode(&self, out: &mut ::kit::__private::BytesMut) {
        let Self { id: __0, name: __1, offset: __2 } = self;
        <u64 as ::kit::__private::proto::Field>::encode_field(__0, 1, out);
        <<i32 as ::kit::__private::proto::Recode<
            ::kit::__private::proto::Sint32,
        >>::Coded as ::kit::__private::proto::Field>::encode_field(
            &<i32 as ::kit::__private::proto::Recode<
                ::kit::__private::proto::Sint32,
            >>::coded(__2),
            3,
            out,
        );
        <Option<String> as ::kit::__private::proto::Field>::encode_field(__1, 9, out);
    }
    fn merge(
        current: ::kit::__private::core::option::Option<Self>,
        input: &mut ::kit::__private::proto::Reader<'_>,
    ) -> ::kit::__private::core::result::Result<
        Self,
        ::kit::__private::proto::DecodeError,
    > {
        let (mut __0, mut __1, mut __2) = match current {
            ::kit::__private::core::option::Option::Some(
                Self { id: __0, name: __1, offset: __2 },
            ) => {
                (
                    ::kit::__private::core::option::Option::Some(__0),
                    ::kit::__private::core::option::Option::Some(__1),
                    ::kit::__private::core::option::Option::Some(
                        <i32 as ::kit::__private::proto::Recode<
                            ::kit::__private::proto::Sint32,
                        >>::coded(&__2),
                    ),
                )
            }
            ::kit::__private::core::option::Option::None => {
                (
                    ::kit::__private::core::option::Option::None,
                    ::kit::__private::core::option::Option::None,
                    ::kit::__private::core::option::Option::None,
                )
            }
        };
        while let ::kit::__private::core::option::Option::Some(key) = input.key()? {
            match key.tag {
                1 => {
                    <u64 as ::kit::__private::proto::Field>::read(
                        &mut __0,
                        key,
                        input,
                        <Self as ::kit::__private::proto::Message>::NAME,
                        "id",
                    )?
                }
                9 => {
                    <Option<
                        String,
                    > as ::kit::__private::proto::Field>::read(
                        &mut __1,
                        key,
                        input,
                        <Self as ::kit::__private::proto::Message>::NAME,
                        "name",
                    )?
                }
                3 => {
                    <<i32 as ::kit::__private::proto::Recode<
                        ::kit::__private::proto::Sint32,
                    >>::Coded as ::kit::__private::proto::Field>::read(
                        &mut __2,
                        key,
                        input,
                        <Self as ::kit::__private::proto::Message>::NAME,
                        "offset",
                    )?
                }
                _ => input.skip(key)?,
            }
        }
        ::kit::__private::core::result::Result::Ok(Self {
            id: <u64 as ::kit::__private::proto::Field>::finish(
                __0,
                input,
                <Self as ::kit::__private::proto::Message>::NAME,
                "id",
            )?,
            name: <Option<
                String,
            > as ::kit::__private::proto::Field>::finish(
                __1,
                input,
                <Self as ::kit::__private::proto::Message>::NAME,
                "name",
            )?,
            offset: <i32 as ::kit::__private::proto::Recode<
                ::kit::__private::proto::Sint32,
            >>::plain(
                <<i32 as ::kit::__private::proto::Recode<
                    ::kit::__private::proto::Sint32,
                >>::Coded as ::kit::__private::proto::Field>::finish(
                    __2,
                    input,
                    <Self as ::kit::__private::proto::Message>::NAME,
                    "offset",
                )?,
            ),
        })
    }
    fn schema() -> ::kit::__private::proto::MessageSchema {
        ::kit::__private::proto::MessageSchema::new::<Self>()
            .docs("What a shelf holds.")
            .field(
                ::kit::__private::proto::FieldSchema::new(
                        "id",
                        1,
                        <u64 as ::kit::__private::proto::Field>::field_type(),
                    )
                    .docs("The number on the label."),
            )
            .field(
                ::kit::__private::proto::FieldSchema::new(
                    "name",
                    9,
                    <Option<String> as ::kit::__private::proto::Field>::field_type(),
                ),
            )
            .field(
                ::kit::__private::proto::FieldSchema::new(
                    "offset",
                    3,
                    <<i32 as ::kit::__private::proto::Recode<
                        ::kit::__private::proto::Sint32,
                    >>::Coded as ::kit::__private::proto::Field>::field_type(),
                ),
            )
    }
}
