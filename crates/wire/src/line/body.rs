//! An entry's body: to its bytes once, and from them as often as anybody likes.

use std::borrow::Cow;

use metering::{
    ControlsChange, Entry, EntryKind, Expiry, FeatureControl, MAX_CAP, MAX_ID_LENGTH, MAX_TOTAL, PlanChange,
    PlanChangeCause, PlanTerms, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::shape::{
    Cause, ControlsChangeShape, ExpiryShape, FeatureControlShape, Head, PlanChangeShape, PlanTermsShape,
};
use super::{LineError, packs, read_head, work};

/// The body of an entry: compact JSON in a stable order of fields, absent options left out.
#[must_use]
pub fn encode_body(entry: &Entry) -> Vec<u8> {
    let (seq, recorded_at) = (entry.seq, entry.recorded_at);
    let kind = Cow::Borrowed(entry.kind.name());
    match &entry.kind {
        EntryKind::Grant(grant) => write(&packs::grant_shape(entry, grant)),
        EntryKind::Usage(usage) => write(&work::usage_shape(entry, usage)),
        EntryKind::Expiry(expiry) => {
            write(&ExpiryShape { seq, recorded_at, kind, grant: expiry.grant, amount: expiry.amount })
        }
        EntryKind::Void(void) => write(&packs::void_shape(entry, void)),
        EntryKind::Amendment(amendment) => write(&work::amendment_shape(entry, amendment)),
        EntryKind::Hold(hold) => write(&work::hold_shape(entry, hold)),
        EntryKind::Release(release) => write(&work::release_shape(entry, *release)),
        EntryKind::PlanChange(change) => write(&PlanChangeShape {
            seq,
            recorded_at,
            kind,
            cause: cause_shape(change.cause),
            to: change.to.as_ref().map(plan_terms_shape),
        }),
        EntryKind::ControlsChange(change) => write(&ControlsChangeShape {
            seq,
            recorded_at,
            kind,
            automation: change.automation,
            features: feature_control_shapes(&change.features),
        }),
    }
}

/// The entry that a body records.
///
/// # Errors
/// [`LineError`] when it is not JSON of exactly the fields of its kind, or a value is out of the bounds of rule 20. It
/// says what and where. Whether the entry follows from those before it is for `metering::Account::apply` to say.
pub fn decode_body(body: &[u8]) -> Result<Entry, LineError> {
    let mut room = Vec::new();
    let head = read_head(body);
    if let Some(line) = head.and_then(|head| head.usage(&mut room)) {
        return Ok(Entry { seq: line.seq, recorded_at: line.recorded_at, kind: EntryKind::Usage(line.to_usage()) });
    }
    let kind = match head.and_then(|head| head.kind()) {
        Some(kind) => Cow::Borrowed(kind),
        None => read::<Head<'_>>(body)?.kind,
    };
    match kind.as_ref() {
        "usage" => work::usage(read(body)?),
        "grant" => packs::grant(read(body)?),
        "expiry" => expiry(&read(body)?),
        "void" => packs::void(read(body)?),
        "amendment" => work::amendment(read(body)?),
        "hold" => work::hold(read(body)?),
        "release" => work::release(&read(body)?),
        "plan_change" => plan_change(read(body)?),
        "controls_change" => controls_change(read(body)?),
        other => Err(LineError::new(
            "type",
            format!(
                "\"{}\" is not a kind of entry: grant, usage, expiry, void, amendment, hold, release, plan_change or \
                 controls_change",
                other.chars().take(64).collect::<String>()
            ),
        )),
    }
}

fn write(shape: &impl Serialize) -> Vec<u8> {
    // None of the shapes has anything that JSON cannot say: no map with other keys than text, no fallible `Serialize`.
    serde_json::to_vec(shape).unwrap_or_default()
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, LineError> {
    serde_json::from_slice(body).map_err(|error| LineError::from_json(&error))
}

fn expiry(shape: &ExpiryShape<'_>) -> Result<Entry, LineError> {
    let amount = at_most("amount", shape.amount, MAX_TOTAL)?;
    let expiry = Expiry { grant: number("grant", shape.grant)?, amount };
    entry(shape.seq, shape.recorded_at, EntryKind::Expiry(expiry))
}

fn plan_change(shape: PlanChangeShape<'_>) -> Result<Entry, LineError> {
    let to = shape.to.map(|to| plan_terms("to", to)).transpose()?;
    let change = PlanChange { to, cause: cause(shape.cause) };
    entry(shape.seq, shape.recorded_at, EntryKind::PlanChange(change))
}

pub(crate) fn plan_terms_shape(terms: &PlanTerms) -> PlanTermsShape<'_> {
    PlanTermsShape { plan: Cow::Borrowed(&terms.plan), allowance: terms.allowance, ai: terms.ai }
}

pub(crate) fn plan_terms(place: &str, shape: PlanTermsShape<'_>) -> Result<PlanTerms, LineError> {
    let allowance = at_most(&format!("{place}.allowance"), shape.allowance, MAX_TOTAL)?;
    Ok(PlanTerms { plan: id(&format!("{place}.plan"), shape.plan)?, allowance, ai: shape.ai })
}

fn controls_change(shape: ControlsChangeShape<'_>) -> Result<Entry, LineError> {
    let change = ControlsChange { automation: shape.automation, features: feature_controls(shape.features)? };
    entry(shape.seq, shape.recorded_at, EntryKind::ControlsChange(change))
}

pub(crate) fn feature_control_shapes(features: &[(String, FeatureControl)]) -> Vec<FeatureControlShape<'_>> {
    features
        .iter()
        .map(|(feature, control)| FeatureControlShape {
            feature: Cow::Borrowed(feature),
            on: control.on,
            cap: control.cap,
        })
        .collect()
}

pub(crate) fn feature_controls(
    shapes: Vec<FeatureControlShape<'_>>,
) -> Result<Vec<(String, FeatureControl)>, LineError> {
    let mut features = Vec::with_capacity(shapes.len());
    for one in shapes {
        let cap = one.cap.map(|cap| at_most("features.cap", cap, MAX_CAP)).transpose()?;
        features.push((id("features.feature", one.feature)?, FeatureControl { on: one.on, cap }));
    }
    Ok(features)
}

pub(super) fn entry(seq: u64, recorded_at: Timestamp, kind: EntryKind) -> Result<Entry, LineError> {
    Ok(Entry { seq: number("seq", seq)?, recorded_at, kind })
}

/// An entry's number: 1 and up.
pub(super) fn number(place: &str, seq: u64) -> Result<u64, LineError> {
    if seq == 0 {
        return Err(LineError::new(place, "is 0: entries count from 1"));
    }
    at_most(place, seq, MAX_TOTAL)
}

pub(super) fn at_most(place: &str, value: u64, most: u64) -> Result<u64, LineError> {
    if value > most {
        return Err(LineError::new(place, format!("{value} is above {most}")));
    }
    Ok(value)
}

pub(super) fn id(place: &str, text: Cow<'_, str>) -> Result<String, LineError> {
    if text.is_empty() || text.len() > MAX_ID_LENGTH {
        return Err(LineError::new(place, format!("has {} bytes and needs 1..={MAX_ID_LENGTH}", text.len())));
    }
    Ok(text.into_owned())
}

const fn cause_shape(cause: PlanChangeCause) -> Cause {
    match cause {
        PlanChangeCause::Subscribed => Cause::Subscribed,
        PlanChangeCause::Upgraded => Cause::Upgraded,
        PlanChangeCause::Scheduled => Cause::Scheduled,
        PlanChangeCause::TakenBack => Cause::TakenBack,
        PlanChangeCause::CameDue => Cause::CameDue,
        PlanChangeCause::TrialEnded => Cause::TrialEnded,
    }
}

const fn cause(shape: Cause) -> PlanChangeCause {
    match shape {
        Cause::Subscribed => PlanChangeCause::Subscribed,
        Cause::Upgraded => PlanChangeCause::Upgraded,
        Cause::Scheduled => PlanChangeCause::Scheduled,
        Cause::TakenBack => PlanChangeCause::TakenBack,
        Cause::CameDue => PlanChangeCause::CameDue,
        Cause::TrialEnded => PlanChangeCause::TrialEnded,
    }
}
