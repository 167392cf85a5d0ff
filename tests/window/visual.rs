//! The window looks as it did: its most telling pictures against committed ones.
//!
//! What differs is written to target/visual as `NAME-actual.png`, `NAME-expected.png` and `NAME-difference.png`. A
//! change that is meant is written into tests/window/pictures with `CREDITDECK_WRITE_PICTURES=1`, and looked at.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::album::{Album, SIZES};
use crate::harness::{Home, Window};
use crate::situations::{AT, Situations};

/// How far a channel of a pixel may be off, of 255.
const CHANNEL: f64 = 24.0;
/// So many pixels of a thousand may be off by more.
const PIXELS: u64 = 1;

/// The workspace, the picture's name, the address, the look and the size. They stand in the order that needs the fewest
/// changes from one to the next. All of their letters are in the window's own font: others differ by computer.
const PICTURES: [(&str, &str, &str, &str, usize); 20] = [
    ("Northwind Support", "northwind-overview", "overview", "light", 0),
    ("Northwind Support", "northwind-usage", "usage", "light", 0),
    ("Northwind Support", "northwind-usage-compared", "usage?compare=1&shape=bars&by=feature", "light", 0),
    ("Northwind Support", "northwind-ledger", "ledger", "light", 0),
    ("Northwind Support", "northwind-entry", "ledger?entry=4321", "light", 0),
    ("Northwind Support", "northwind-topup", "topup", "light", 0),
    ("Northwind Support", "northwind-overview", "overview", "light", 1),
    ("Northwind Support", "northwind-usage", "usage", "light", 1),
    ("Northwind Support", "northwind-entry", "ledger?entry=4321", "light", 1),
    ("Northwind Support", "northwind-overview", "overview", "dark", 0),
    ("Northwind Support", "northwind-usage", "usage?by=member&range=7d&step=hour", "dark", 0),
    ("Northwind Support", "northwind-ledger", "ledger", "dark", 0),
    ("Northwind Support", "northwind-settings", "settings", "dark", 0),
    ("Northwind Support", "northwind-ledger", "ledger", "dark", 1),
    ("Trial Bakery", "trial-overview", "overview", "dark", 0),
    ("Solo Studio", "solo-overview", "overview", "dark", 0),
    ("Fresh Start", "fresh-usage", "usage", "light", 0),
    ("Used Up", "used-up-overview", "overview", "light", 0),
    ("Running Low", "low-overview", "overview", "light", 1),
    ("Member View", "member-usage", "usage?by=member", "light", 0),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_window_looks_as_it_did() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (expected, folder) = (root.join("tests/window/pictures"), root.join("target/visual"));
    // What is there is of a test before.
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(&expected).unwrap();
    let situations = Situations::new().await;
    let home = Home::new();
    situations.connect(&home);
    let window = Window::start_to_picture(&home, &["--at", AT]).await;
    window.wait_for("html[data-painted=true]").await;
    let album = Album::new(window, folder);

    let write = std::env::var_os("CREDITDECK_WRITE_PICTURES").is_some_and(|value| value == "1");
    let (mut shown, mut looks, mut wrong) = ("", "", Vec::new());
    for (workspace, name, address, look, size) in PICTURES {
        if shown != workspace {
            album.window.choose(workspace).await;
            album.window.wait_for("[data-testid=sync][data-state=live]").await;
            shown = workspace;
        }
        if looks != look {
            album.window.look(look).await;
            looks = look;
        }
        album.size(SIZES[size]).await;
        album.show(address).await;
        let name = format!("{name}-{look}-{}", SIZES[size].0);
        let actual = album.picture(&format!("{name}-actual")).await;
        let expected = expected.join(format!("{name}.png"));
        if write {
            keep(&actual, &expected);
        } else if let Some(why) = difference(&album, &name, &expected, &actual) {
            wrong.push(format!("{name}: {why}"));
        } else {
            std::fs::remove_file(actual).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{} is to be looked at:\n{}", album.folder.display(), wrong.join("\n"));
}

/// What is wrong with a picture, if anything is. It is left in the folder to be looked at then, beside the expected one.
fn difference(album: &Album, name: &str, expected: &Path, actual: &Path) -> Option<String> {
    if !expected.exists() {
        return Some("there is no expected picture: write it with CREDITDECK_WRITE_PICTURES=1".into());
    }
    let beside = |what: &str| album.folder.join(format!("{name}-{what}.png"));
    let size = size_of(expected);
    let why = if size == size_of(actual) {
        let mask = beside("difference");
        let pixels = u64::from(size.0) * u64::from(size.1);
        let off = differing(expected, actual, &mask);
        if off * 1_000 <= pixels * PIXELS {
            std::fs::remove_file(mask).unwrap();
            return None;
        }
        convert(&[
            path(actual),
            "-alpha",
            "off",
            "-colorspace",
            "Gray",
            "+level",
            "60%,100%",
            "-colorspace",
            "sRGB",
            "(",
            "+clone",
            "-fill",
            "red",
            "-colorize",
            "100",
            ")",
            path(&mask),
            "-composite",
            path(&mask),
        ]);
        format!("{off} of {pixels} pixels are off")
    } else {
        format!("it is {:?}, and {size:?} was expected", size_of(actual))
    };
    std::fs::copy(expected, beside("expected")).unwrap();
    Some(why)
}

/// How many pixels have a channel that is off by more than it may; where they are is written as a picture of its own.
fn differing(expected: &Path, actual: &Path, mask: &Path) -> u64 {
    let threshold = format!("{:.4}%", CHANNEL / 255.0 * 100.0);
    let difference = [path(expected), path(actual), "-alpha", "off", "-compose", "difference", "-composite"];
    let most = ["-separate", "-evaluate-sequence", "max", "-threshold", &threshold];
    let count = ["-format", "%[fx:round(mean*w*h)]", "-write", path(mask), "info:"];
    let said = convert(&[&difference[..], &most[..], &count[..]].concat());
    said.trim().parse().unwrap_or_else(|_| panic!("convert said: {said}"))
}

/// Keeps a picture as the one that is expected, in as few bytes as that takes: 256 colours come so near to all of them that
/// hardly a pixel is off by more than it may.
fn keep(actual: &Path, expected: &Path) {
    let few = ["-alpha", "off", "+dither", "-colors", "256", "-strip"];
    let small = ["-define", "png:compression-level=9", "-define", "png:exclude-chunk=all"];
    let file = format!("PNG8:{}", path(expected));
    convert(&[&[path(actual)], &few[..], &small[..], &[&file]].concat());
}

/// Runs ImageMagick, and gives what it prints.
fn convert(arguments: &[&str]) -> String {
    let output =
        Command::new("convert").args(arguments).output().expect("ImageMagick is installed by script/bootstrap test");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The width and height that stand at the beginning of a PNG.
fn size_of(picture: &Path) -> (u32, u32) {
    let bytes = std::fs::read(picture).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}
