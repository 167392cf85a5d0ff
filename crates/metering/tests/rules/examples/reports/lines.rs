//! What whoever reads a ledger line by line learns of a line's place, and tells of one that cannot be read.

use metering::{Next, Verifier};

use super::*;

/// What a verifier says of lines, of which some cannot be read: of each, whether others are missing ahead of it or it
/// does not belong there (`gap`, `out`), or that it is an unreadable `first` entry; and all that it finds.
fn read(desk: &Desk, lines: &[Option<&Entry>]) -> (Vec<&'static str>, Vec<String>) {
    let mut verifier = Verifier::new(desk.meter.account().terms().clone());
    let mut found = Vec::new();
    let mut places = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let next = lines.get(index + 1).copied().flatten().map(Next::from);
        let is_first = match line {
            Some(entry) => {
                verifier.check(entry, next, |seq| desk.ledger.iter().find(|one| one.seq == seq).cloned(), &mut found);
                false
            }
            None => verifier.check_unreadable(next),
        };
        places.push(match (is_first, verifier.is_out_of_place(), verifier.is_left_out()) {
            (false, false, false) => "",
            (false, true, false) => "gap",
            (false, true, true) => "out",
            (true, false, false) => "first",
            other => panic!("{other:?}"),
        });
    }
    (places, found.iter().map(ToString::to_string).collect())
}

/// 1 the plan, 2 its 40 credits, 3 to 7 a reply each.
fn replies() -> Desk {
    let mut desk = Desk::small();
    for id in ["a", "b", "c", "d", "e"] {
        desk.uses(id, "reply", 1);
    }
    desk
}

fn of<'a>(desk: &'a Desk, seqs: &[usize]) -> Vec<Option<&'a Entry>> {
    seqs.iter().map(|seq| seq.checked_sub(1).map(|place| &desk.ledger[place])).collect()
}

#[test]
fn a_place_is_told_by_the_numbers() {
    let desk = replies();
    let places = |seqs: &[usize]| read(&desk, &of(&desk, seqs)).0;
    assert_eq!(places(&[1, 2, 3, 4]), ["", "", "", ""]);
    assert_eq!(places(&[1, 2, 4, 5]), ["", "", "gap", ""]);
    assert_eq!(places(&[1, 2, 3, 3, 4, 5]), ["", "", "", "out", "", ""]);
    assert_eq!(places(&[3, 4, 5]), ["gap", "", ""]);
    // A wrong number is no wrong place.
    let mut wrong = replies();
    wrong.ledger[3].seq = 40;
    assert_eq!(read(&desk, &of(&wrong, &[1, 2, 3, 4, 5])).0, ["", "", "", "", ""]);
    // What cannot be read has no place of its own, after whatever.
    assert_eq!(places(&[1, 2, 3, 3, 0, 4, 5]), ["", "", "", "out", "", "", ""]);
}

#[test]
fn a_line_that_cannot_be_read_takes_its_number_and_counts_for_nothing() {
    let desk = replies();
    let found = |seqs: &[usize]| read(&desk, &of(&desk, seqs));
    let nothing: Vec<String> = Vec::new();
    assert_eq!(found(&[1, 2, 3, 0, 5, 6]), (vec![""; 6], nothing.clone()));
    assert_eq!(found(&[1, 2, 3, 0, 0, 6, 7]), (vec![""; 7], nothing.clone()));
    // At the end, too; and what was put in takes none.
    assert_eq!(found(&[1, 2, 3, 4, 5, 6, 0]), (vec![""; 7], nothing.clone()));
    assert_eq!(found(&[1, 2, 3, 0, 4, 5]), (vec![""; 6], nothing.clone()));
    assert_eq!(found(&[0, 1, 2, 3]), (vec![""; 4], nothing));
    let (places, found) = found(&[1, 2, 0, 5, 6]);
    assert_eq!(places, ["", "", "", "gap", ""]);
    assert_eq!(found, ["entry 5: order: entries 3 to 4 are missing ahead of it"]);
}

#[test]
fn without_the_first_entry_only_numbers_are_told() {
    let desk = replies();
    let (places, found) = read(&desk, &of(&desk, &[0, 2, 3, 5]));
    assert_eq!(places, ["first", "", "", "gap"]);
    assert_eq!(found, ["entry 5: order: entry 4 is missing ahead of it"]);
    let (places, found) = read(&desk, &of(&desk, &[4, 5, 7]));
    assert_eq!(places, ["gap", "", "gap"]);
    assert_eq!(
        found,
        [
            "entry 4: order: the ledger begins with it: entries 1 to 3 are missing, \
             and without the beginning nothing can be told",
            "entry 7: order: entry 6 is missing ahead of it"
        ]
    );
}
