//! Signatures of webhooks: HMAC-SHA256 over the time of sending and the body's bytes.

use hmac::{Hmac, KeyInit, Mac};
use metering::Timestamp;
use sha2::Sha256;

/// The header: `t=<seconds since the epoch>,v1=<hexadecimal digits>`.
pub(crate) const SIGNATURE_HEADER: &str = "creditdeck-signature";

/// A signature is taken so long before and after its own time.
const TOLERANCE_MS: i64 = 5 * 60 * 1_000;

/// Signs a body sent at `now`.
pub(super) fn sign(secret: &[u8], body: &[u8], now: Timestamp) -> String {
    let seconds = now.as_millis() / 1_000;
    let digest: [u8; 32] = mac(secret, seconds, body).map_or([0; 32], |mac| mac.finalize().into_bytes().into());
    format!("t={seconds},v1={}", wire::Hash(digest))
}

/// Whether a signature is of this body, by somebody who knows the secret, and not older or newer than five minutes.
pub(super) fn is_signed(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> bool {
    let Some((time, digest)) = header.split_once(",v1=") else { return false };
    let Some(seconds) = time.strip_prefix("t=").and_then(|text| text.parse::<i64>().ok()) else { return false };
    let age = now.as_millis().saturating_sub(seconds.saturating_mul(1_000));
    let (Ok(digest), Some(mac)) = (digest.parse::<wire::Hash>(), mac(secret, seconds, body)) else { return false };
    age.abs() <= TOLERANCE_MS && mac.verify_slice(&digest.0).is_ok()
}

fn mac(secret: &[u8], seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_the_body_and_the_time_fit() {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let signature = sign(b"secret", b"body", now);
        assert!(is_signed(b"secret", &signature, b"body", now));
        assert!(is_signed(b"secret", &signature, b"body", now.plus_millis(TOLERANCE_MS)));
        assert!(!is_signed(b"secret", &signature, b"body", now.plus_millis(TOLERANCE_MS + 1_000)));
        assert!(!is_signed(b"secret", &signature, b"body", now.plus_millis(-TOLERANCE_MS - 1_000)));
        assert!(!is_signed(b"Secret", &signature, b"body", now));
        assert!(!is_signed(b"secret", &signature, b"Body", now));
        let later = signature.replacen("t=1", "t=2", 1);
        assert_ne!(later, signature);
        assert!(!is_signed(b"secret", &later, b"body", now));
        for wrong in ["", "t=1", "v1=00", "t=x,v1=00", "t=9223372036854775807,v1=00"] {
            assert!(!is_signed(b"secret", wrong, b"body", now), "{wrong}");
        }
    }
}
