//! Whom a request was meant for.
//!
//! A web page can give its own name this machine's address and then talk to a service here as if to itself (DNS
//! rebinding). The browser still sends the page's name along, and a service that listens to this machine alone goes by
//! no name but this machine's.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use wire::problem::ErrorCode;

use crate::http::Failure;

/// Why something is not let through that was not sent to this machine by one of its own names, on whatever port it got
/// here.
pub(crate) fn is_foreign(headers: &HeaderMap) -> Option<Failure> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_own(host) {
        return None;
    }
    let shown: String = host.chars().take(64).collect();
    let detail = format!("the service answers to this machine's own names, like localhost, and not to \"{shown}\"");
    Some(Failure::new(ErrorCode::Forbidden, detail))
}

/// Why an address with a zero byte in it leads nowhere: nothing is called so, and no database would look.
pub(crate) fn has_zero_byte(path: &str) -> Option<Failure> {
    path.contains("%00").then(|| Failure::new(ErrorCode::NotFound, "this address leads nowhere"))
}

/// Whether a `Host` header names this machine.
fn is_own(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_few_names() {
        for own in ["localhost", "LocalHost:8787", "127.0.0.1", "127.0.0.1:80", "127.8.0.1:1", "[::1]", "[::1]:8787"] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "",
            " ",
            "evil.example",
            "evil.example:8787",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "10.0.0.1:8787",
            "0.0.0.0:8787",
            "[::2]:8787",
            "[::1",
            "/localhost",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
