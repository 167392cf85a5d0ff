//! Where an id is looked for: a key of 16 bytes, in whose order ids that were made one after the other are neighbours.
//!
//! An id names what it names for ever (rule 14), so that every new one is looked for among all that ever were. Looked up
//! by a hash, each would touch another page of the index, and a long index would be as slow as the disk. Those who make
//! ids mostly count up or put the time first (UUIDv7, ULID); of such ids the key keeps the order, and the pages that are
//! looked at stay few. Any other id is found all the same. A key only says where to look: entries say what they are.

use metering::{ClaimKind, Command, Entry, EntryKind, VoidCause};
use sha2::{Digest, Sha256};

/// Where an id is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key(pub(crate) [u8; 16]);

/// What an id is of; each kind has ids of its own.
#[derive(Clone, Copy)]
enum Kind {
    Usage,
    Amendment,
    Hold,
    Refund,
    Dispute,
    Reinstatement,
    /// What was done to an earlier entry.
    About,
}

impl Key {
    /// No key is lower.
    pub(crate) const LOWEST: Self = Self([0; 16]);

    /// No id that was made at this time, in milliseconds since the epoch, or later has a lower key, if the time comes
    /// first in it.
    pub(crate) fn at_time(ms: i64) -> Self {
        let mut key = [0; 16];
        key.iter_mut().zip(u64::try_from(ms).unwrap_or(0).to_be_bytes()).for_each(|(to, from)| *to = from);
        Self(key)
    }

    /// Of the usage with this id.
    pub(crate) fn usage(source: &str, id: &str) -> Self {
        Self::new(Kind::Usage, source, id)
    }

    /// Of the amendment with this id.
    pub(crate) fn amendment(source: &str, id: &str) -> Self {
        Self::new(Kind::Amendment, source, id)
    }

    /// Of the hold with this id.
    pub(crate) fn hold(source: &str, id: &str) -> Self {
        Self::new(Kind::Hold, source, id)
    }

    /// Of the refund, dispute or reinstatement with this id.
    pub(crate) fn claim(kind: ClaimKind, id: &str) -> Self {
        let kind = match kind {
            ClaimKind::Refund => Kind::Refund,
            ClaimKind::Dispute => Kind::Dispute,
            ClaimKind::Reinstatement => Kind::Reinstatement,
        };
        Self::new(kind, "", id)
    }

    /// Of what amended a usage or ended a hold, by its entry.
    pub(crate) fn about(seq: u64) -> Self {
        Self::new(Kind::About, "", &seq.to_string())
    }

    /// The keys that an entry is found under.
    pub(crate) fn all_of(entry: &Entry) -> Vec<Self> {
        match &entry.kind {
            EntryKind::Usage(usage) => {
                let own = Self::usage(&usage.source, &usage.id);
                usage.hold.map_or_else(|| vec![own], |hold| vec![own, Self::about(hold)])
            }
            EntryKind::Amendment(one) => vec![Self::amendment(&one.source, &one.id), Self::about(one.usage)],
            EntryKind::Hold(hold) => vec![Self::hold(&hold.source, &hold.id)],
            EntryKind::Release(release) => vec![Self::about(release.hold)],
            EntryKind::Void(void) => match &void.cause {
                VoidCause::Refund { id, .. } => vec![Self::claim(ClaimKind::Refund, id)],
                VoidCause::Dispute { id } => vec![Self::claim(ClaimKind::Dispute, id)],
                VoidCause::Reinstatement { id } => vec![Self::claim(ClaimKind::Reinstatement, id)],
                VoidCause::Returned => Vec::new(),
            },
            EntryKind::Grant(_) | EntryKind::Expiry(_) | EntryKind::PlanChange(_) | EntryKind::ControlsChange(_) => {
                Vec::new()
            }
        }
    }

    /// The key that deciding a command looks for first. What it finds may lead on to a [`Key::about`].
    pub(crate) fn of(command: &Command) -> Vec<Self> {
        match command {
            Command::Use(request) => vec![Self::usage(&request.source, &request.id)],
            Command::Hold(request) => vec![Self::hold(&request.source, &request.id)],
            Command::Capture { source, hold, .. } | Command::Release { source, hold } => vec![Self::hold(source, hold)],
            Command::Amend { source, id, usage } => vec![Self::amendment(source, id), Self::usage(source, usage)],
            Command::Refund { id, .. } => vec![Self::claim(ClaimKind::Refund, id)],
            Command::Dispute { id, .. } => vec![Self::claim(ClaimKind::Dispute, id)],
            Command::Reinstate { id, .. } => vec![Self::claim(ClaimKind::Reinstatement, id)],
            Command::StartTrial
            | Command::Subscribe { .. }
            | Command::Cancel
            | Command::CheckOut { .. }
            | Command::Credit(_)
            | Command::Buy { .. }
            | Command::Controls(_) => Vec::new(),
        }
    }

    fn new(kind: Kind, source: &str, id: &str) -> Self {
        let hash = hash(kind, source, id);
        let mut key = [0; 16];
        let (near, far) = key.split_at_mut(8);
        near.copy_from_slice(&near_of(kind, source, id).unwrap_or(first_half(&hash)).to_be_bytes());
        far.copy_from_slice(&hash[8..16]);
        Self(key)
    }
}

/// A digest of what an id is, told apart whatever the texts contain.
fn hash(kind: Kind, source: &str, id: &str) -> [u8; 32] {
    let length = u64::try_from(source.len()).unwrap_or(u64::MAX);
    let digest = Sha256::new().chain_update([kind as u8]).chain_update(length.to_be_bytes());
    digest.chain_update(source).chain_update(id).finalize().into()
}

fn first_half(hash: &[u8; 32]) -> u64 {
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A number in whose order ids of this maker come, if they come in an order.
fn near_of(kind: Kind, source: &str, id: &str) -> Option<u64> {
    if let Some(time) = time_of_uuid(id).or_else(|| time_of_ulid(id)) {
        return Some(time);
    }
    // A UUID of another version may end in digits, and they count nothing.
    if is_uuid(id) {
        return None;
    }
    let name = id.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = id.get(name.len()..).filter(|digits| !digits.is_empty())?;
    // Numbers of up to nine digits fit into the lower half; what stands before those belongs to the name.
    let split = digits.len().saturating_sub(9);
    let number: u64 = digits.get(split..)?.parse().ok()?;
    let series = first_half(&hash(kind, source, id.get(..name.len() + split)?));
    Some(series & !0xffff_ffff | number)
}

fn is_uuid(id: &str) -> bool {
    let is_right = |(index, byte): (usize, u8)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    id.len() == 36 && id.bytes().enumerate().all(is_right)
}

/// Milliseconds since the epoch in a UUIDv7 (RFC 9562, section 5.7).
fn time_of_uuid(id: &str) -> Option<u64> {
    if !is_uuid(id) || id.as_bytes().get(14) != Some(&b'7') {
        return None;
    }
    let (high, low) = (id.get(..8)?, id.get(9..13)?);
    Some(u64::from_str_radix(high, 16).ok()? << 16 | u64::from_str_radix(low, 16).ok()?)
}

/// Milliseconds since the epoch in a ULID: ten letters of Crockford's base 32, and sixteen that are random.
fn time_of_ulid(id: &str) -> Option<u64> {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let value = |byte: u8| LETTERS.iter().position(|letter| *letter == byte.to_ascii_uppercase());
    if id.len() != 26 || !id.bytes().all(|byte| value(byte).is_some()) {
        return None;
    }
    id.bytes().take(10).try_fold(0_u64, |time, byte| Some(time << 5 | u64::try_from(value(byte)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(id: &str) -> [u8; 8] {
        Key::usage("crm", id).0[..8].try_into().unwrap()
    }

    fn keys_are_in_order(ids: &[&str]) {
        let keys: Vec<Key> = ids.iter().map(|id| Key::usage("crm", id)).collect();
        assert!(keys.is_sorted(), "{ids:?}");
        for pair in keys.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
    }

    #[test]
    fn ids_that_count_up_are_neighbours() {
        keys_are_in_order(&["job-1", "job-2", "job-9", "job-10", "job-11", "job-999999999"]);
        keys_are_in_order(&["job-0000000001", "job-0000000002", "job-0999999999"]);
        keys_are_in_order(&["7", "8", "9", "10"]);
        assert_eq!(near("job-7")[..4], near("job-8")[..4]);
        assert_ne!(near("job-7")[..4], near("run-7")[..4], "another series");
        assert_ne!(near("job-1000000001")[..4], near("job-2000000001")[..4], "beyond nine digits it is another series");
    }

    #[test]
    fn ids_that_begin_with_the_time_are_neighbours() {
        keys_are_in_order(&[
            "01912d68-783e-7a03-8467-5661c1243ad4",
            "01912d68-783f-7003-8467-5661c1243ad4",
            "01912d69-0000-7003-8467-5661c1243ad4",
        ]);
        assert_eq!(near("01912d68-783e-7a03-8467-5661c1243ad4"), 0x0191_2d68_783e_u64.to_be_bytes());
        keys_are_in_order(&["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEMTSV4RRFFQ69G5FAV"]);
        assert_eq!(near("01ARZ3NDEKTSV4RRFFQ69G5FAV"), 1_469_922_850_259_u64.to_be_bytes());
        assert_eq!(near("01arz3ndektsv4rrffq69g5fav"), near("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    }

    #[test]
    fn other_ids_are_spread_and_told_apart() {
        // A UUIDv4 that ends in digits, one that nearly is a UUID, letters alone, nothing.
        for id in ["936da01f-9abd-4d9d-80c7-020000000012", "é", "x-y", ""] {
            assert_eq!(near(id), hash(Kind::Usage, "crm", id)[..8], "{id}");
        }
        let all = [
            Key::usage("crm", "a"),
            Key::usage("crma", ""),
            Key::usage("", "crma"),
            Key::usage("cr", "ma"),
            Key::amendment("crm", "a"),
            Key::hold("crm", "a"),
            Key::claim(ClaimKind::Refund, "a"),
            Key::claim(ClaimKind::Dispute, "a"),
            Key::claim(ClaimKind::Reinstatement, "a"),
            Key::about(1),
            Key::usage("", "1"),
        ];
        for (index, key) in all.iter().enumerate() {
            assert!(!all[..index].contains(key), "{index}");
        }
    }

    #[test]
    fn many_at_one_instant_have_keys_of_their_own() {
        let ids = (0..10_000).map(|number| format!("01912d68-783e-7a03-8467-{number:012x}"));
        let keys: std::collections::HashSet<Key> = ids.map(|id| Key::usage("crm", &id)).collect();
        assert_eq!(keys.len(), 10_000);
    }
}
