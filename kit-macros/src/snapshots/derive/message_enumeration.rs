#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::kit::__private::proto::Enumeration for Color {
    const NAME: &'static ::kit::__private::core::primitive::str = "Color";
    fn number(&self) -> ::kit::__private::core::primitive::i32 {
        match self {
            Self::Red => 0,
            Self::Green => 7,
            Self::Other(number) => *number,
        }
    }
    fn from_number(
        number: ::kit::__private::core::primitive::i32,
    ) -> ::kit::__private::core::option::Option<Self> {
        match number {
            0 => ::kit::__private::core::option::Option::Some(Self::Red),
            7 => ::kit::__private::core::option::Option::Some(Self::Green),
            _ => ::kit::__private::core::option::Option::Some(Self::Other(number)),
        }
    }
    fn enum_schema() -> ::kit::__private::proto::EnumSchema {
        ::kit::__private::proto::EnumSchema::new(
            "Color",
            "",
            const {
                &[
                    ::kit::__private::proto::EnumValue::new("Red", 0, ""),
                    ::kit::__private::proto::EnumValue::new("Green", 7, "The light."),
                ]
            },
        )
    }
}
::kit::__private::enumeration!([] Color);
