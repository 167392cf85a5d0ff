//! Whether a ledger holds what its clients were told, and nothing else.

use std::collections::HashMap;

use serde_json::Value;

use super::books::Books;
use super::told::Told;
use crate::Failure;
use crate::owner::Owner;
use crate::vendor::{Vendor, Workspace};

/// Most findings of a kind that are said.
const MOST: usize = 5;

/// While clients work: everything that was acknowledged until now is in the ledger, where it was said to be, and what was
/// read before has not changed.
pub(super) async fn meanwhile(
    owner: &Owner,
    workspace: &Workspace,
    told: &Told,
    books: &mut Books,
) -> Result<(), Failure> {
    let (acknowledged, wrong) = told.so_far();
    books.read_on(owner, workspace).await?;
    none(workspace, &[wrong, lost(&acknowledged, &books.usages)].concat())
}

/// After the last answer: the same, and everything in the ledger was acknowledged, credits are conserved, and the whole
/// ledger verifies.
pub(super) async fn at_the_end(
    vendor: &Vendor,
    owner: &Owner,
    workspace: &Workspace,
    told: &Told,
    books: &mut Books,
) -> Result<(), Failure> {
    meanwhile(owner, workspace, told, books).await?;
    let (acknowledged, _) = told.so_far();
    let mut anew = Books::new(vendor.folder.join(format!("{}.ndjson", workspace.id)))?;
    anew.read_on(owner, workspace).await?;
    let mut wrong = unheard(&acknowledged, &anew.usages);
    if (anew.last, anew.head) != (books.last, books.head) {
        wrong.push("the ledger is another than the one that was read before".into());
    }
    let usages = anew.usages.len() as u64;
    if told.tally().acknowledged() != usages {
        wrong.push(format!("{:?} for {usages} usages in the ledger", told.tally()));
    }
    wrong.extend(unbalanced(&owner.balance(workspace).await?, anew.last, usages));
    none(workspace, &wrong)?;
    vendor.verify(&anew.file).map(drop)
}

fn none(workspace: &Workspace, wrong: &[String]) -> Result<(), Failure> {
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}: {}", workspace.id, wrong.join("; ")).into()) }
}

/// What was acknowledged and is not where it was said to be.
fn lost(acknowledged: &HashMap<String, u64>, usages: &HashMap<String, u64>) -> Vec<String> {
    let is_lost = |(id, seq): &(&String, &u64)| usages.get(*id) != Some(seq);
    let say = |(id, seq): (&String, &u64)| match usages.get(id) {
        Some(other) => format!("{id} was acknowledged as entry {seq} and is entry {other}"),
        None => format!("{id} was acknowledged as entry {seq} and is not in the ledger"),
    };
    acknowledged.iter().filter(is_lost).map(say).take(MOST).collect()
}

/// What is in the ledger and was never acknowledged.
fn unheard(acknowledged: &HashMap<String, u64>, usages: &HashMap<String, u64>) -> Vec<String> {
    let strange = usages.iter().filter(|(id, _)| !acknowledged.contains_key(*id));
    strange.map(|(id, seq)| format!("{id} is entry {seq}, and nobody was told")).take(MOST).collect()
}

/// What does not add up in a balance: granted = spent − amended + expired + voided + what remains (rule 18).
fn unbalanced(balance: &Value, last: u64, usages: u64) -> Vec<String> {
    let number = |pointer: &str| balance.pointer(pointer).and_then(Value::as_u64);
    let sum = |pointers: &[&str]| pointers.iter().map(|pointer| number(pointer)).sum::<Option<u64>>();
    let came = sum(&["/totals/granted", "/totals/amended"]);
    let went = sum(&["/totals/spent", "/totals/expired", "/totals/voided", "/allowance", "/top_up", "/held"]);
    let mut wrong = Vec::new();
    if came.is_none() || came != went {
        wrong.push(format!("credits are not conserved: {balance}"));
    }
    if number("/totals/spent") != Some(usages) || number("/seq") != Some(last) {
        wrong.push(format!("not the balance of {usages} usages in {last} entries: {balance}"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(entries: &[(&str, u64)]) -> HashMap<String, u64> {
        entries.iter().map(|(id, seq)| ((*id).to_owned(), *seq)).collect()
    }

    #[test]
    fn what_is_lost_moved_or_unheard_of_is_named() {
        let told = map(&[("a", 3), ("b", 4)]);
        assert!(lost(&told, &told).is_empty() && unheard(&told, &told).is_empty());
        assert_eq!(lost(&told, &map(&[("a", 3)])), ["b was acknowledged as entry 4 and is not in the ledger"]);
        assert_eq!(lost(&told, &map(&[("a", 3), ("b", 5)])), ["b was acknowledged as entry 4 and is entry 5"]);
        assert_eq!(unheard(&map(&[("a", 3)]), &told), ["b is entry 4, and nobody was told"]);
    }

    #[test]
    fn a_balance_that_does_not_add_up_is_named() {
        let right = json!({
            "seq": 12, "allowance": 90, "top_up": 0, "held": 0,
            "totals": {"granted": 100, "spent": 10, "amended": 0, "expired": 0, "voided": 0},
        });
        assert_eq!(unbalanced(&right, 12, 10), Vec::<String>::new());
        assert_eq!(unbalanced(&right, 13, 10).len(), 1);
        assert_eq!(unbalanced(&right, 12, 11).len(), 1);
        let mut wrong = right;
        wrong["allowance"] = 91.into();
        assert_eq!(unbalanced(&wrong, 12, 10).len(), 1);
        wrong["totals"]["granted"] = Value::Null;
        assert_eq!(unbalanced(&wrong, 12, 10).len(), 1);
    }
}
