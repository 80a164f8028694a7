use kit::ServiceError;

#[derive(ServiceError)]
union AddError {
    a: u32,
    b: f32,
}

fn main() {}
