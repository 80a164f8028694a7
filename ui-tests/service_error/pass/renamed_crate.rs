mod vendored {
    pub use kit as renamed;
}

#[derive(Debug, thiserror::Error, vendored::renamed::ServiceError)]
#[kit(crate = vendored::renamed)]
enum Failure {
    #[error("none")]
    #[status(not_found)]
    Missing,
    #[error(transparent)]
    Status(#[from] vendored::renamed::Status),
}

pub fn main() {
    use vendored::renamed::ServiceError as _;
    assert_eq!(Failure::Missing.code(), kit::Code::NotFound);
}
