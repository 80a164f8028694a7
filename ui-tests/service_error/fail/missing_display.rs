use kit::{ServiceError, Status};

#[derive(Debug, ServiceError)]
enum AddError {
    #[status(not_found)]
    Missing,
    Status(Status),
}

fn main() {}
