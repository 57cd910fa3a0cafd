//! Where a webhook may go. An operator could otherwise make the server call what only the server can
//! reach (server-side request forgery): nothing goes to link-local addresses, where clouds keep
//! credentials; nothing of an answer is shown but its status; redirects are not followed.
//!
//! What it deliberately does not do: forbid private networks. Shops live there, and only administrators
//! state webhooks.

use std::{
    error::Error,
    net::{IpAddr, Ipv6Addr},
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// Characters of an address.
pub const LENGTH_MAX: usize = 2_000;

/// An address that may be called; or the sentence that says why not. `http_allowed`: without TLS also to
/// other machines.
///
/// # Errors
/// What is wrong.
pub fn checked(text: &str, http_allowed: bool) -> Result<Url, &'static str> {
    if text.len() > LENGTH_MAX {
        return Err("at most 2,000 characters");
    }
    let url = Url::parse(text).map_err(|_| "an address, as https://shop.example.com/hooks")?;
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let is_own = literal.map_or(host == "localhost", |ip| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if is_own || http_allowed => {}
        "http" => return Err("https; http only to the server's own machine"),
        _ => return Err("https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("without a name and password: deliveries are signed");
    }
    if url.fragment().is_some() {
        return Err("without a part behind #: it is not sent");
    }
    if host.is_empty() || literal.is_some_and(is_forbidden) {
        return Err("not an address that only this machine or its neighbours have");
    }
    Ok(url)
}

/// Link-local, multicast, and what is no machine.
fn is_forbidden(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast()
        }
        IpAddr::V6(v6) => {
            let mapped = v6.to_ipv4_mapped().map(IpAddr::V4);
            v6.is_unspecified()
                || v6.is_multicast()
                || is_link_local(v6)
                || mapped.is_some_and(is_forbidden)
        }
    }
}

/// fe80::/10 (RFC 4291, 2.5.6).
fn is_link_local(ip: Ipv6Addr) -> bool {
    ip.segments()[0] & 0xffc0 == 0xfe80
}

/// Finds the addresses of names, without those that nothing goes to.
#[derive(Debug)]
pub struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|at| !is_forbidden(at.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::<dyn Error + Send + Sync>::from("no address that may be called"));
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_called() {
        for good in [
            "https://shop.example.com/hooks?x=1",
            "https://10.0.0.7:8443/",
            "http://127.0.0.1:9/hook",
            "http://[::1]/hook",
            "http://localhost/hook",
        ] {
            assert!(checked(good, false).is_ok(), "{good}");
        }
        for bad in [
            "shop.example.com",
            "ftp://shop.example.com",
            "file:///etc/passwd",
            "http://shop.example.com/",
            "http://localhost.example.com/",
            "https://ada:secret@shop.example.com/",
            "https://ada@shop.example.com/",
            "https://shop.example.com/#there",
            "https://169.254.169.254/latest",
            "https://0xA9FEA9FE/latest",
            "https://2852039166/latest",
            "https://[fe80::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            &format!("https://shop.example.com/{}", "a".repeat(LENGTH_MAX)),
        ] {
            assert!(checked(bad, false).is_err(), "{bad}");
        }
        assert!(checked("http://shop.internal/", true).is_ok());
        assert!(checked("http://169.254.169.254/", true).is_err());
    }
}
