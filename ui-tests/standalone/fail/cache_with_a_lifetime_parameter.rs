pub struct Name<'a>(pub &'a str);

#[kit::cache(ttl = "1s")]
pub async fn find<'a>(name: Name<'a>) -> Result<usize, kit::Status> {
    Ok(name.0.len())
}

fn main() {}
