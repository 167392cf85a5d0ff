//! Signatures as Standard Webhooks has them: HMAC-SHA256 over id, time of sending and body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use metering::Timestamp;
use sha2::{Digest, Sha256};

/// What a delivery says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headers {
    /// `webhook-id`: the same however often it is sent.
    pub(super) id: String,
    /// `webhook-timestamp`: when it was sent, in seconds since the epoch.
    pub(super) timestamp: String,
    /// `webhook-signature`: one for each secret.
    pub(super) signature: String,
}

/// Signs a body that is sent at `now`.
pub(super) fn sign(secrets: &[Vec<u8>], id: String, body: &[u8], now: Timestamp) -> Headers {
    let timestamp = (now.as_millis() / 1_000).to_string();
    let one = |secret: &Vec<u8>| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].into_iter().for_each(|part| mac.update(part));
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    let signature = secrets.iter().filter_map(one).collect::<Vec<_>>().join(" ");
    Headers { id, timestamp, signature }
}

/// A notice's `webhook-id`. It names the workspace and what happened, which may be any text, in letters that fit a header
/// and none of which is a full stop.
pub(super) fn webhook_id(workspace: &str, notice: &str) -> String {
    let digest: [u8; 32] =
        Sha256::new().chain_update(workspace).chain_update([0]).chain_update(notice).finalize().into();
    let digits = wire::Hash(digest).to_string();
    format!("evt_{}", digits.get(..32).unwrap_or(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signed by the reference implementation's own test.
    #[test]
    fn a_known_body_has_its_known_signature() {
        let secret = STANDARD.decode("C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        let now = Timestamp::from_millis(1_649_367_553_999);
        let signed = sign(&[secret, vec![7; 32]], "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk".into(), body, now);
        assert_eq!(signed.timestamp, "1649367553");
        let (first, second) = signed.signature.split_once(' ').unwrap();
        assert_eq!(first, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
        assert!(second.starts_with("v1,") && second != first);
    }

    #[test]
    fn ids_tell_workspaces_and_happenings_apart() {
        let id = webhook_id("acme", "purchase.paid/p1");
        assert_eq!(id, webhook_id("acme", "purchase.paid/p1"));
        assert!(id.len() == 36 && id.starts_with("evt_") && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        for other in [webhook_id("acm", "epurchase.paid/p1"), webhook_id("acme", "purchase.paid/p2")] {
            assert_ne!(id, other);
        }
    }
}
