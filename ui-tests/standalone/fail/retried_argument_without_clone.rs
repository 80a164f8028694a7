pub struct Filter;

#[kit::retry]
pub async fn find(filter: Filter) -> Result<Filter, kit::Status> {
    Ok(filter)
}

fn main() {}
