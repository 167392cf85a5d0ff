//! A disk without room: nothing that was stored is lost, the reason is named, and it goes on when there is room.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use cache::{CacheError, Desk, LedgerWriter, SnapshotBytes};
use sample::{cursor, ledger, page};

const FOLDER: &str = "CREDITDECK_TEST_SMALL_DISK";

/// Not a test of its own: what runs in a mount namespace, on a disk of its own of 6 MB. Without its folder it does nothing.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = PathBuf::from(folder);
    let entries = ledger(30_000);
    let ballast = folder.join("ballast");
    // Each time another room is left, so that each kind of write is the one that does not fit.
    for left in (0..40).map(|step| 40_000 + step * 33_000) {
        std::fs::write(&ballast, vec![0; 6_000_000 - left]).unwrap();
        fills_up(&folder.join("ledger.db"), &entries, &ballast, left);
        cache::remove_ledger(folder.join("ledger.db")).unwrap();
    }
    std::fs::write(&ballast, vec![0; 5_900_000]).unwrap();
    desk_fills_up(&folder.join("desk.db"), &ballast);
    eprintln!("on a small disk: done");
}

fn fills_up(path: &Path, entries: &[sample::Made], ballast: &Path, left: usize) {
    let account = vec![7; 5_000];
    let (mut writer, mut stored, mut refused) = (None, 0_usize, 0);
    while stored < entries.len() {
        let opened = writer.take().map_or_else(|| LedgerWriter::open(path), Ok);
        let result = opened.and_then(|mut open| {
            let part = &entries[stored..(stored + 1_300).min(entries.len())];
            let last = part.last().unwrap().seq;
            let snapshot = SnapshotBytes { seq: last, bytes: &account };
            let result = open.apply(&page(part), &cursor(last), Some(snapshot));
            writer = Some(open);
            result.map(|()| last)
        });
        match result {
            Ok(last) => stored = usize::try_from(last).unwrap(),
            Err(CacheError::DiskFull) => {
                refused += 1;
                if let Some(open) = &writer {
                    assert_eq!(open.cursor().seq, stored as u64, "room {left}: what was stored stays");
                    assert_eq!(open.reader().cursor().unwrap().seq, stored as u64);
                    if refused % 2 == 0 {
                        writer = None;
                    }
                }
                // There is room again, more each time.
                let length = std::fs::metadata(ballast).unwrap().len();
                std::fs::File::options()
                    .write(true)
                    .open(ballast)
                    .unwrap()
                    .set_len(length.saturating_sub(200_000))
                    .unwrap();
                assert!(length > 0, "room {left}: refused with all the room that there is, at entry {stored}");
            }
            Err(other) => panic!("room {left}, entry {stored}: {other}"),
        }
    }
    assert!(refused > 0, "room {left}: it never was full");
    let writer = writer.unwrap();
    assert_eq!(writer.cursor(), cursor(30_000));
    writer.reader().check(|_| true).unwrap();
    std::fs::write(ballast, []).unwrap();
}

fn desk_fills_up(path: &Path, ballast: &Path) {
    let mut kept = Vec::new();
    for number in 0..2_000 {
        let written =
            Desk::open(path).and_then(|desk| desk.set_setting(&format!("key-{number}"), Some(&"x".repeat(300))));
        match written {
            Ok(()) => kept.push(number),
            Err(CacheError::DiskFull) => break,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(kept.len() < 2_000);
    std::fs::write(ballast, []).unwrap();
    let desk = Desk::open(path).unwrap();
    for number in kept {
        assert!(desk.setting(&format!("key-{number}")).unwrap().is_some(), "setting {number}");
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=6m none '{0}' && {FOLDER}='{0}' exec '{1}' --exact child --nocapture",
        folder.path().display(),
        std::env::current_exe().unwrap().display(),
    );
    let may = Command::new("unshare").args(["-rm", "true"]).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("this system gives nobody a disk of their own: nothing was tried");
        return;
    }
    let said = Command::new("unshare").args(["-rm", "sh", "-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success() && text.contains("on a small disk: done"), "{text}");
}
