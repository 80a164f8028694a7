use kit::{ServiceError, Status};

type Failure = Status;

#[derive(Debug, thiserror::Error, ServiceError)]
enum Conflict<T: std::fmt::Debug> {
    #[error("{found:?}")]
    #[status(aborted)]
    Found { found: T },
    #[error(transparent)]
    #[status]
    Else { failure: Failure },
}

pub fn main() {
    let error = Conflict::Found { found: vec![1, 2] };
    let Conflict::Found { found } = Conflict::<Vec<i32>>::from_status(error.into_status()) else {
        panic!("it travelled");
    };
    assert_eq!(found, [1, 2]);
    let status = Status::unavailable("gone");
    let Conflict::Else { failure } = Conflict::<u32>::from_status(status) else {
        panic!("it is no conflict");
    };
    assert_eq!(failure.message(), "gone");
}
