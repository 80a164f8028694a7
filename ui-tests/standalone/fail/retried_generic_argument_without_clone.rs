#[kit::retry]
pub async fn find(name: impl Into<String> + Send) -> Result<String, kit::Status> {
    Ok(name.into())
}

#[kit::fallback(unchanged)]
pub async fn look<T: Send>(what: T) -> Result<T, kit::Status> {
    Ok(what)
}

async fn unchanged<T>(what: T, _: kit::Status) -> Result<T, kit::Status> {
    Ok(what)
}

fn main() {}
