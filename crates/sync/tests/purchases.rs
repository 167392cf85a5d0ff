//! Purchases over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod provider;

use provider::{Provider, TOKEN};
use sync::{Client, ClientError};
use wire::api::{PurchaseRequest, PurchaseState};
use wire::problem::ErrorCode;

#[tokio::test]
async fn a_purchase_is_made_followed_and_called_off() {
    let provider = Provider::start(1);
    let client = Client::new(&format!("{}/", provider.url()), TOKEN).unwrap();
    let wish = |pack: &str| PurchaseRequest { id: "p 1/ä".into(), pack: pack.into() };
    let made = client.create_purchase("acme", &wish("small")).await.unwrap();
    assert_eq!((made.id.as_str(), made.state), ("p 1/ä", PurchaseState::Waiting));
    let seen = client.purchase("acme", "p 1/ä").await.unwrap();
    assert_eq!((seen.id.as_str(), seen.state), ("p 1/ä", PurchaseState::Processing), "an id is one part of the path");
    assert_eq!(client.cancel_purchase("acme", "p").await.unwrap().state, PurchaseState::Cancelled);
    let all: Vec<_> = client.purchases("acme").await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(all, ["b", "a"]);
}

#[tokio::test]
async fn a_refusal_and_an_unknown_purchase_are_told_apart() {
    let provider = Provider::start(1);
    let client = Client::new(&provider.url(), TOKEN).unwrap();
    let wish = PurchaseRequest { id: "p".into(), pack: "huge".into() };
    let refused = client.create_purchase("acme", &wish).await.unwrap_err();
    assert!(matches!(&refused, ClientError::Refused(problem) if problem.code == ErrorCode::NoPlan), "{refused}");
    let unknown = client.purchase("acme", "unknown").await.unwrap_err();
    assert!(matches!(&unknown, ClientError::Refused(problem) if problem.code == ErrorCode::NotFound), "{unknown}");
}
