//! The address of a gRPC channel: `grpc://host:port`.

use http::uri::Authority;

use crate::model::status::Status;

/// The authority and the port of a URL.
pub(super) fn parse(url: &str) -> Result<(Authority, u16), Status> {
    let invalid = |what: &str| {
        Status::invalid_argument(format!(
            "`{url}` is not a gRPC address ({what}): expected a URL like grpc://host:port"
        ))
    };
    let rest = url
        .strip_prefix("grpc://")
        .ok_or_else(|| invalid("its scheme is not grpc"))?;
    let authority: Authority = rest
        .strip_suffix('/')
        .unwrap_or(rest)
        .parse()
        .map_err(|_| invalid("it is not a host and a port"))?;
    if authority.as_str().contains('@') {
        return Err(invalid("it has credentials"));
    }
    let port = authority
        .port_u16()
        .ok_or_else(|| invalid("it has no port"))?;
    Ok((authority, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::Code;

    #[test]
    fn a_url_has_a_host_and_a_port() {
        for url in [
            "grpc://localhost:1",
            "grpc://127.0.0.1:1/",
            "grpc://[::1]:1",
        ] {
            assert!(parse(url).is_ok(), "{url}");
        }
        for url in [
            "http://localhost:1",
            "grpc://localhost",
            "grpc://localhost:1/path",
            "grpc://user@localhost:1",
            "grpc://:x",
            "grpc://",
        ] {
            let status = parse(url).expect_err(url);
            assert_eq!(status.code(), Code::InvalidArgument);
            assert!(status.message().contains(url), "{}", status.message());
        }
    }
}
