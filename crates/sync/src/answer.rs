//! What an HTTP answer amounts to, before anybody reads what is in it.

use reqwest::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use wire::problem::{ErrorCode, MEDIA_TYPE, Problem};

use crate::ClientError;

/// Most bytes of an answer that is not a page of the ledger.
pub(crate) const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// The response, if it is a good one of the expected media type; else what is wrong, read from status and problem
/// document.
pub(crate) async fn judged(response: Response, expected: &'static str) -> Result<Response, ClientError> {
    let status = response.status();
    let media = media_type(&response);
    if status.is_success() {
        return if media == expected {
            Ok(response)
        } else {
            Err(not_the_service(&format!("it answered with {media} instead of {expected}")))
        };
    }
    let retry_after_ms = retry_after(&response);
    let problem = if media == MEDIA_TYPE {
        body(response, MAX_ANSWER).await.ok().and_then(|bytes| serde_json::from_slice::<Problem>(&bytes).ok())
    } else {
        None
    };
    Err(match (status, problem) {
        (StatusCode::UNAUTHORIZED, _) => ClientError::WrongToken,
        (status, _) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            ClientError::Unavailable { status: status.as_u16(), retry_after_ms }
        }
        (_, Some(problem)) => ClientError::Refused(Box::new(problem)),
        (status, None) => not_the_service(&format!("it answered with status {status}")),
    })
}

/// Reads a body, up to `most` bytes.
pub(crate) async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, ClientError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Err(not_the_service("the answer is far too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Where the address names nothing but the workspace, "there is nothing here" is about the workspace.
pub(crate) fn workspace_unknown(error: ClientError) -> ClientError {
    match error {
        ClientError::Refused(problem) if problem.code == ErrorCode::NotFound => ClientError::UnknownWorkspace,
        other => other,
    }
}

pub(crate) fn not_the_service(detail: &str) -> ClientError {
    ClientError::NotTheService(detail.to_owned())
}

fn media_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("no media type");
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// How long the service asks to be left alone, in milliseconds: in seconds, or up to an instant (RFC 9110), which counts
/// from the date that the answer itself bears, for this computer's clock may be wrong.
fn retry_after(response: &Response) -> Option<u64> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = httpdate::parse_http_date(response.headers().get(DATE)?.to_str().ok()?).ok()?;
    u64::try_from(until.duration_since(now).unwrap_or_default().as_millis()).ok()
}
