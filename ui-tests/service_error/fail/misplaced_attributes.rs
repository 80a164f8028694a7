use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
#[status(internal)]
enum AddError {
    #[error("no")]
    #[status(internal)]
    TooLong {
        #[status(internal)]
        limit: u32,
        #[kit(name = "x")]
        other: u32,
    },
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
