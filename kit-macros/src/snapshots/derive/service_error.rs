#[automatically_derived]
#[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
impl ::kit::__private::ServiceError for AddError {
    const CASES: &'static [::kit::__private::ErrorCase] = &[
        ::kit::__private::ErrorCase::new(
            "TwoZeroes",
            ::kit::__private::Code::InvalidArgument,
            ::kit::__private::core::option::Option::None,
            "Nothing was given.",
        ),
        ::kit::__private::ErrorCase::new(
            "TooLong",
            ::kit::__private::Code::ResourceExhausted,
            ::kit::__private::core::option::Option::Some(400u16),
            "",
        ),
    ];
    fn code(&self) -> ::kit::__private::Code {
        match self {
            Self::TwoZeroes { .. } => ::kit::__private::Code::InvalidArgument,
            Self::TooLong { .. } => ::kit::__private::Code::ResourceExhausted,
            Self::Status { 0: status } => ::kit::__private::Status::code(status),
        }
    }
    fn status(
        &self,
    ) -> ::kit::__private::core::option::Option<&::kit::__private::Status> {
        match self {
            Self::Status { 0: status } => {
                ::kit::__private::core::option::Option::Some(status)
            }
            #[allow(unreachable_patterns)]
            _ => ::kit::__private::core::option::Option::None,
        }
    }
    fn into_status(self) -> ::kit::__private::Status {
        let message = ::kit::__private::std::string::ToString::to_string(&self);
        match self {
            Self::TwoZeroes {} => {
                let status = Self::CASES[0usize].status(message);
                status
            }
            Self::TooLong { limit: __0 } => {
                let status = Self::CASES[1usize].status(message);
                let status = ::kit::__private::error_fields::write::<
                    u32,
                >(status, "limit", &__0);
                status
            }
            Self::Status { 0: status } => status,
        }
    }
    fn from_status(status: ::kit::__private::Status) -> Self {
        if Self::CASES[0usize].is_case_of(&status) {
            if let () = () {
                return Self::TwoZeroes {};
            }
        }
        if Self::CASES[1usize].is_case_of(&status) {
            if let (::kit::__private::core::option::Option::Some(__0),) = (
                ::kit::__private::error_fields::read::<u32>(&status, "limit"),
            ) {
                return Self::TooLong { limit: __0 };
            }
        }
        Self::Status { 0: status }
    }
}
