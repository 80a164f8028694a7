use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(7);

struct Basic;

#[kit::service]
#[timeout("2s")]
pub trait Slow {
    async fn default(&self) -> Result<(), kit::Status>;
    #[timeout("250ms")]
    async fn millis(&self) -> Result<(), kit::Status>;
    #[timeout("1m", at = client)]
    async fn client(&self) -> Result<(), kit::Status>;
    #[timeout("1h", at = server)]
    async fn server(&self) -> Result<(), kit::Status>;
    #[timeout("500us", at = both)]
    async fn both(&self) -> Result<(), kit::Status>;
    #[timeout(LIMIT)]
    async fn constant(&self) -> Result<(), kit::Status>;
    #[timeout(Duration::from_millis(20))]
    async fn expression(&self) -> Result<(), kit::Status>;
}

#[kit::service]
#[timeout("1s")]
impl Slow for Basic {
    async fn default(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    #[timeout("100ms")]
    async fn millis(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn client(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn server(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn both(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    #[timeout(LIMIT)]
    async fn constant(&self) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn expression(&self) -> Result<(), kit::Status> {
        Ok(())
    }
}

pub fn main() {
    let limits: Vec<_> = slow::DESCRIPTOR
        .methods
        .iter()
        .map(|method| (method.meta.policies.client.timeout, method.meta.policies.server.timeout))
        .collect();
    let both = |limit| (Some(limit), Some(limit));
    assert_eq!(limits[0], both(Duration::from_secs(2)));
    assert_eq!(limits[1], both(Duration::from_millis(250)));
    assert_eq!(limits[2].0, Some(Duration::from_secs(60)));
    assert_eq!(limits[3].1, Some(Duration::from_secs(3600)));
    assert_eq!(limits[4], both(Duration::from_micros(500)));
    assert_eq!(limits[5], both(LIMIT));
    assert_eq!(limits[6], both(Duration::from_millis(20)));
    let _ = kit::Server::new().mount(SlowServer::new(Basic));
}
