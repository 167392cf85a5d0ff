//! The quick way to write a usage again from what [`super::read_usage`] found in its body.

use super::UsageLine;

/// Appends the body that a usage was read from, byte for byte: [`super::read_usage`] reads one form only, in which the same
/// usage is always the same bytes. Ids may have nothing in them that JSON escapes, as those that it reads have not.
pub fn append_usage(line: &UsageLine<'_>, body: &mut Vec<u8>) {
    let usage = &line.usage;
    number(body, b"{\"seq\":", line.seq);
    instant(body, b",\"recorded_at\":\"", line.recorded_at);
    text(body, b",\"type\":\"usage\",\"source\":\"", usage.source);
    text(body, b",\"id\":\"", usage.id);
    text(body, b",\"feature\":\"", usage.feature);
    number(body, b",\"units\":", usage.units.into());
    number(body, b",\"rate\":", usage.rate.into());
    number(body, b",\"cost\":", usage.cost);
    number(body, b",\"revision\":", usage.revision.into());
    if let Some(at) = usage.occurred_at {
        instant(body, b",\"occurred_at\":\"", at);
    }
    let labels: [(&[u8], _); 3] =
        [(b",\"member\":\"", line.member), (b",\"channel\":\"", line.channel), (b",\"reference\":\"", line.reference)];
    for (name, label) in labels {
        if let Some(label) = label {
            text(body, name, label);
        }
    }
    if let Some(hold) = usage.hold {
        number(body, b",\"hold\":", hold);
    }
    body.extend_from_slice(b",\"allocations\":[");
    for (place, one) in usage.allocations.iter().enumerate() {
        number(body, if place == 0 { b"{\"grant\":" } else { b",{\"grant\":" }, one.grant);
        number(body, b",\"amount\":", one.amount);
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
}

fn text(body: &mut Vec<u8>, ahead: &[u8], text: &str) {
    body.extend_from_slice(ahead);
    body.extend_from_slice(text.as_bytes());
    body.push(b'"');
}

fn instant(body: &mut Vec<u8>, ahead: &[u8], at: metering::Timestamp) {
    body.extend_from_slice(ahead);
    at.append_canonical(body);
    body.push(b'"');
}

fn number(body: &mut Vec<u8>, ahead: &[u8], number: u64) {
    body.extend_from_slice(ahead);
    let (mut digits, mut from, mut rest) = ([0; 20], 20, number);
    loop {
        from -= 1;
        // Below 10.
        digits[from] = b'0' + (rest % 10).to_le_bytes()[0];
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    body.extend_from_slice(&digits[from..]);
}
