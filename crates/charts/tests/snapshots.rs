//! Every kind of chart as it is drawn, kept as files: what changes in a picture is seen in a change's own diff.

#![allow(clippy::unwrap_used, reason = "what a test makes cannot fail, or the test should")]

mod samples;

use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// Each picture with the name of its file.
fn pictures() -> Vec<(String, String)> {
    let mut pictures = Vec::new();
    for (name, theme) in samples::themes().unwrap().into_iter().take(3) {
        for size in samples::SIZES {
            for (kind, chart) in samples::all(&samples::look(&theme, size)).unwrap() {
                let file = format!("{kind}-{name}-{}x{}.svg", chart.width, chart.height);
                pictures.push((file, chart.svg));
            }
        }
    }
    pictures.sort();
    pictures
}

#[test]
fn pictures_are_drawn_as_they_are_kept() {
    let pictures = pictures();
    if std::env::var_os("CREDITDECK_WRITE_SNAPSHOTS").is_some() {
        for (file, svg) in &pictures {
            std::fs::write(folder().join(file), svg).unwrap();
        }
    }
    let mut kept: Vec<String> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    kept.sort();
    let named: Vec<&str> = pictures.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(kept, named, "the files of {} are not those of the pictures", folder().display());
    let stale = pictures.iter().filter(|(file, svg)| std::fs::read_to_string(folder().join(file)).unwrap() != *svg);
    let stale: Vec<&str> = stale.map(|(file, _)| file.as_str()).collect();
    assert!(
        stale.is_empty(),
        "{stale:?} are drawn in another way: run `CREDITDECK_WRITE_SNAPSHOTS=1 cargo test -p charts --test snapshots`, and \
         look at what has changed"
    );
}

#[test]
fn a_picture_is_the_same_each_time() {
    assert!(pictures() == pictures());
}
