#[automatically_derived]
#[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
impl ::kit::__private::proto::Message for Shape {
    const NAME: &'static ::kit::__private::core::primitive::str = "Shape";
    fn encoded_len(&self) -> ::kit::__private::core::primitive::usize {
        match self {
            Self::Circle(value) => {
                <f64 as ::kit::__private::proto::Value>::member_len(value, 1)
            }
            Self::Nothing => <() as ::kit::__private::proto::Value>::member_len(&(), 5),
        }
    }
    fn encode(&self, out: &mut ::kit::__private::BytesMut) {
        match self {
            Self::Circle(value) => {
                <f64 as ::kit::__private::proto::Value>::encode_member(value, 1, out)
            }
            Self::Nothing => {
                <() as ::kit::__private::proto::Value>::encode_member(&(), 5, out)
            }
        }
    }
    fn merge(
        current: ::kit::__private::core::option::Option<Self>,
        input: &mut ::kit::__private::proto::Reader<'_>,
    ) -> ::kit::__private::core::result::Result<
        Self,
        ::kit::__private::proto::DecodeError,
    > {
        let mut current = current;
        while let ::kit::__private::core::option::Option::Some(key) = input.key()? {
            match key.tag {
                1 => {
                    let earlier = match current {
                        ::kit::__private::core::option::Option::Some(
                            Self::Circle(value),
                        ) => ::kit::__private::core::option::Option::Some(value),
                        _ => ::kit::__private::core::option::Option::None,
                    };
                    current = ::kit::__private::core::option::Option::Some(
                        Self::Circle(
                            <f64 as ::kit::__private::proto::Value>::read_member(
                                earlier,
                                key,
                                input,
                                <Self as ::kit::__private::proto::Message>::NAME,
                                "circle",
                            )?,
                        ),
                    );
                }
                5 => {
                    <() as ::kit::__private::proto::Value>::read_member(
                        ::kit::__private::core::option::Option::None,
                        key,
                        input,
                        <Self as ::kit::__private::proto::Message>::NAME,
                        "nothing",
                    )?;
                    current = ::kit::__private::core::option::Option::Some(
                        Self::Nothing,
                    );
                }
                _ => input.skip(key)?,
            }
        }
        ::kit::__private::proto::one_of(current)
    }
    fn schema() -> ::kit::__private::proto::MessageSchema {
        ::kit::__private::proto::MessageSchema::new::<Self>()
            .field(
                ::kit::__private::proto::FieldSchema::new(
                    "circle",
                    1,
                    ::kit::__private::proto::FieldType::Single(
                        <f64 as ::kit::__private::proto::Value>::value_type(),
                    ),
                ),
            )
            .field(
                ::kit::__private::proto::FieldSchema::new(
                    "nothing",
                    5,
                    ::kit::__private::proto::FieldType::Single(
                        <() as ::kit::__private::proto::Value>::value_type(),
                    ),
                ),
            )
            .one_of()
    }
}
