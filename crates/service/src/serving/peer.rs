//! Who asks: the other end of a connection, or whom a proxy asks for.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever asks, as far as anybody is told apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    fn new(address: IpAddr) -> Self {
        match address {
            // Whoever has an address of these has all that begin like it.
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self(IpAddr::V6(network.into()))
            }
            IpAddr::V4(_) => Self(address),
        }
    }

    /// Whoever asks without a connection.
    pub(crate) const fn nobody() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }

    /// Whom a request on a connection from `address` is from. A proxy adds whom it asks for at the end of what it was
    /// told, so that from the end on, whoever is no proxy of ours is it. What stands before that anybody can write.
    pub(super) fn of(address: IpAddr, proxies: &[IpAddr], headers: &HeaderMap) -> Self {
        let address = address.to_canonical();
        if !proxies.contains(&address) {
            return Self::new(address);
        }
        let told = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|value| value.to_str().ok());
        let told = told.flat_map(|value| value.rsplit(',')).map(|one| one.trim().parse::<IpAddr>());
        // What is no address ends what can be believed.
        let mut told = told.map_while(Result::ok).map(|one| one.to_canonical());
        Self::new(told.find(|one| !proxies.contains(one)).unwrap_or(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let proxies: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let of = |address: &str, told: &[&str]| {
            let headers = told.iter().map(|value| (FORWARDED_FOR, value.parse().unwrap())).collect();
            Peer::of(address.parse().unwrap(), &proxies, &headers).0.to_string()
        };
        assert_eq!(of("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["1.2.3.4, 198.51.100.1"]), "198.51.100.1", "the first was written by anybody");
        assert_eq!(of("10.0.0.1", &["1.2.3.4", "198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["1.2.3.4, nonsense"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["10.0.0.2"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["2001:db8:1:2:3::4"]), "2001:db8:1:2::");
    }
}
