//! The sandbox's checkout page.

use metering::Timestamp;

use super::CHECKOUT_LIFE_MS;
use crate::html::escaped;
use crate::store::{Session, SessionState};

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1c2330;--soft:#566073;--paper:#f5f6f9;--card:#fff;--line:#d9dde6;--go:#1d5fd1;
--go-ink:#fff;--note:#fff4d6;--note-ink:#5c4300}
@media(prefers-color-scheme:dark){:root{--ink:#e9ecf3;--soft:#a6afc0;--paper:#12151c;--card:#1b2029;--line:#343c4a;
--go:#7fb0ff;--go-ink:#0b1424;--note:#3a3010;--note-ink:#ffe29a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif;padding:16px}
main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:28px}
.note{margin:0 0 20px;padding:10px 14px;border-radius:8px;background:var(--note);color:var(--note-ink);font-weight:600}
h1{margin:0 0 4px;font-size:1.25rem}
p{margin:0 0 16px;color:var(--soft)}
dl{display:grid;grid-template-columns:auto 1fr;gap:8px 16px;margin:0 0 24px}
dt{color:var(--soft)}
dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
.price{font-size:1.25rem;font-weight:600}
form{margin:0 0 10px}
button{width:100%;padding:12px;border-radius:8px;border:1px solid var(--line);background:transparent;color:inherit;
font:inherit;font-weight:600;cursor:pointer}
.pay{background:var(--go);border-color:var(--go);color:var(--go-ink)}
button:focus-visible{outline:3px solid var(--go);outline-offset:2px}
";

/// The page of a session.
pub(crate) fn checkout(session: &Session, now: Timestamp) -> String {
    let is_over = now.since(session.created_at) >= CHECKOUT_LIFE_MS;
    let (title, text) = match session.state {
        SessionState::Open if is_over => ("This checkout has expired", "Nothing was paid. Start again from the app."),
        SessionState::Open => ("Check out", "Look it over, then choose."),
        SessionState::Paid => ("Paid", "The credits are on their way. You can close this page."),
        SessionState::Declined => ("Declined", "Nothing was paid. You can close this page and try again from the app."),
        SessionState::Cancelled => ("Cancelled", "Nothing was paid. You can close this page."),
    };
    let buttons =
        if session.state == SessionState::Open && !is_over { buttons(&session.session) } else { String::new() };
    let content = format!(
        "<h1>{title}</h1><p role=\"status\">{text}</p>\
         <dl><dt>What</dt><dd>{what}</dd><dt>For</dt><dd>{who}</dd><dt>Price</dt><dd class=\"price\">{price}</dd></dl>\
         {buttons}",
        what = escaped(&session.description),
        who = escaped(&session.buyer),
        price = escaped(&money(session.price, &session.currency)),
    );
    document(title, &content)
}

/// The page of a session that there is not.
pub(crate) fn unknown() -> String {
    document("No such checkout", "<h1>No such checkout</h1><p>Start again from the app.</p>")
}

fn buttons(session: &str) -> String {
    let session = escaped(session);
    [("pay", " class=\"pay\"", "Pay"), ("decline", "", "Decline the payment"), ("cancel", "", "Cancel")]
        .iter()
        .map(|(choice, class, label)| {
            format!(
                "<form method=\"post\" action=\"/sandbox/checkout/{session}/{choice}\">\
                 <button{class}>{label}</button></form>"
            )
        })
        .collect()
}

fn document(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} · Test payment</title><style>{STYLE}</style></head>\
         <body><main><p class=\"note\">Test payment — no real money moves</p>{content}</main></body></html>"
    )
}

/// A price for people: minor units are hundredths, save for the currencies that have none.
fn money(minor: u64, currency: &str) -> String {
    let symbol = match currency {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => "",
    };
    let after = if symbol.is_empty() { format!(" {currency}") } else { String::new() };
    if matches!(currency, "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF") {
        return format!("{minor}{after}");
    }
    format!("{symbol}{}.{:02}{after}", minor / 100, minor % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_it_costs_and_escapes_what_others_wrote() {
        let mut session = Session {
            workspace: "w".into(),
            purchase: "p".into(),
            session: "s1".into(),
            description: "<script>".into(),
            buyer: "Anna & Co".into(),
            price: 4905,
            currency: "USD".into(),
            state: SessionState::Open,
            event: None,
            delivered: false,
            created_at: Timestamp::MIN,
        };
        let html = checkout(&session, Timestamp::MIN);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
        assert!(html.contains("Anna &amp; Co") && html.contains("$49.05") && html.contains("no real money moves"));
        assert!(html.contains("action=\"/sandbox/checkout/s1/pay\""));
        session.state = SessionState::Paid;
        assert!(!checkout(&session, Timestamp::MIN).contains("<form"));
        session.state = SessionState::Open;
        assert!(!checkout(&session, Timestamp::from_millis(CHECKOUT_LIFE_MS)).contains("<form"));
        assert_eq!(
            (money(5, "EUR"), money(1200, "SEK"), money(12, "JPY")),
            ("€0.05".into(), "12.00 SEK".into(), "12 JPY".into())
        );
    }
}
