//! No crate, folder, file or module whose name says nothing about what is in it.

use std::collections::BTreeSet;

use crate::packages::Package;
use crate::rust_text::{of_the_product, words};
use crate::violation::{Violation, line_at};
use crate::walk::Source;

const EMPTY: [&str; 10] =
    ["common", "core", "util", "utils", "utilities", "helper", "helpers", "manager", "managers", "misc"];
const CODE: [&str; 7] = ["rs", "ts", "js", "mjs", "svelte", "css", "sql"];

pub(crate) fn that_say_nothing(sources: &[Source], packages: &[Package]) -> Vec<Violation> {
    let mut found = BTreeSet::new();
    for package in packages.iter().filter(|package| is_empty(&package.name)) {
        found.insert((package.manifest.clone(), 1, format!("a crate is called `{}`", package.name)));
    }
    for source in sources {
        let (stem, extension) = source.path.rsplit_once('.').unwrap_or((&source.path, ""));
        if !CODE.contains(&extension) {
            continue;
        }
        let mut path = String::new();
        for part in stem.split('/') {
            path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
            // The stem of `utils.test.ts` is `utils`.
            let name = part.split('.').next().unwrap_or(part);
            if is_empty(name) {
                let (kind, shown) = if path == stem { ("file", source.path.clone()) } else { ("folder", path.clone()) };
                found.insert((shown, 1, format!("a {kind} is called `{name}`")));
            }
        }
    }
    for text in of_the_product(sources) {
        for at in words(&text.code, "mod") {
            let name: String =
                text.code[at + 3..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if is_empty(&name) {
                found.insert((text.path.clone(), line_at(&text.code, at), format!("a module is called `{name}`")));
            }
        }
    }
    found
        .into_iter()
        .map(|(path, line, what)| Violation {
            path,
            line,
            rule: "nothing is called common, core, utils, helpers or manager",
            what,
            instead: "name it after what it does; if it does several things, each goes to the module that needs it",
        })
        .collect()
}

fn is_empty(name: &str) -> bool {
    EMPTY.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::made_up::workspace;

    fn found(path: &str, text: &str) -> Vec<String> {
        let sources = [Source { path: path.into(), text: text.into() }];
        that_say_nothing(&sources, &[]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn empty_names_are_named() {
        for (path, text, said) in [
            ("crates/app/src/utils.rs", "", "crates/app/src/utils.rs:1: a file is called `utils`"),
            ("crates/app/src/core/a.rs", "", "crates/app/src/core:1: a folder is called `core`"),
            ("ui/src/lib/Helpers.test.ts", "", "ui/src/lib/Helpers.test.ts:1: a file is called `Helpers`"),
            ("tests/common/mod.rs", "", "tests/common:1: a folder is called `common`"),
            ("crates/app/src/lib.rs", "\npub mod manager {}", "crates/app/src/lib.rs:2: a module is called `manager`"),
        ] {
            let found = found(path, text);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].starts_with(said), "{}", found[0]);
        }
        let crates = that_say_nothing(&[], &workspace("common:"));
        assert!(crates[0].to_string().starts_with("crates/common/Cargo.toml:1: a crate is called `common`"));
    }

    #[test]
    fn a_folder_is_named_once() {
        let file = |path: &str| Source { path: path.into(), text: String::new() };
        assert_eq!(that_say_nothing(&[file("a/utils/b.rs"), file("a/utils/c.rs")], &[]).len(), 1);
    }

    #[test]
    fn names_that_say_something_are_fine() {
        let nothing: [String; 0] = [];
        for path in ["crates/app/src/commons_licence.rs", "ui/src/lib/scores.ts", "docs/core.md"] {
            assert_eq!(found(path, "mod usage; use core::fmt; /* mod utils */"), nothing);
        }
    }
}
