#[automatically_derived]
#[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
impl<T, U> crate::vendored::__private::proto::Message for Page<T, U>
where
    T: Clone,
    T: crate::vendored::__private::proto::Repeatable,
    U: crate::vendored::__private::proto::Field,
{
    const NAME: &'static crate::vendored::__private::core::primitive::str = "acme.v1.Page";
    fn encoded_len(&self) -> crate::vendored::__private::core::primitive::usize {
        let Self { 0: __0, 1: __1 } = self;
        0 + <Vec<T> as crate::vendored::__private::proto::Field>::field_len(__0, 1)
            + <U as crate::vendored::__private::proto::Field>::field_len(__1, 2)
    }
    fn encode(&self, out: &mut crate::vendored::__private::BytesMut) {
        let Self { 0: __0, 1: __1 } = self;
        <Vec<T> as crate::vendored::__private::proto::Field>::encode_field(__0, 1, out);
        <U as crate::vendored::__private::proto::Field>::encode_field(__1, 2, out);
    }
    fn merge(
        current: crate::vendored::__private::core::option::Option<Self>,
        input: &mut crate::vendored::__private::proto::Reader<'_>,
    ) -> crate::vendored::__private::core::result::Result<
        Self,
        crate::vendored::__private::proto::DecodeError,
    > {
        let (mut __0, mut __1) = match current {
            crate::vendored::__private::core::option::Option::Some(
                Self { 0: __0, 1: __1 },
            ) => {
                (
                    crate::vendored::__private::core::option::Option::Some(__0),
                    crate::vendored::__private::core::option::Option::Some(__1),
                )
            }
            crate::vendored::__private::core::option::Option::None => {
                (
                    crate::vendored::__private::core::option::Option::None,
                    crate::vendored::__private::core::option::Option::None,
                )
            }
        };
        while let crate::vendored::__private::core::option::Option::Some(key) = input
            .key()?
        {
            match key.tag {
                1 => {
                    <Vec<
                        T,
                    > as crate::vendored::__private::proto::Field>::read(
                        &mut __0,
                        key,
                        input,
                        <Self as crate::vendored::__private::proto::Message>::NAME,
                        "field_1",
                    )?
                }
                2 => {
                    <U as crate::vendored::__private::proto::Field>::read(
                        &mut __1,
                        key,
                        input,
                        <Self as crate::vendored::__private::proto::Message>::NAME,
                        "field_2",
                    )?
                }
                _ => input.skip(key)?,
            }
        }
        crate::vendored::__private::core::result::Result::Ok(Self {
            0: <Vec<
                T,
            > as crate::vendored::__private::proto::Field>::finish(
                __0,
                input,
                <Self as crate::vendored::__private::proto::Message>::NAME,
                "field_1",
            )?,
            1: <U as crate::vendored::__private::proto::Field>::finish(
                __1,
                input,
                <Self as crate::vendored::__private::proto::Message>::NAME,
                "field_2",
            )?,
        })
    }
    fn schema() -> crate::vendored::__private::proto::MessageSchema {
        crate::vendored::__private::proto::MessageSchema::new::<Self>()
            .parameter::<T>()
            .parameter::<U>()
            .field(
                crate::vendored::__private::proto::FieldSchema::new(
                    "field_1",
                    1,
                    <Vec<T> as crate::vendored::__private::proto::Field>::field_type(),
                ),
            )
            .field(
                crate::vendored::__private::proto::FieldSchema::new(
                    "field_2",
                    2,
                    <U as crate::vendored::__private::proto::Field>::field_type(),
                ),
            )
    }
}
