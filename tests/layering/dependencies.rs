//! Every direct dependency has its line in docs/DEPENDENCIES.md: what it is for, and why this one.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::packages::Package;
use crate::violation::{Violation, line_at};
use crate::walk::Source;

const LIST: &str = "docs/DEPENDENCIES.md";
const UI: &str = "ui/package.json";
const WORKSPACE: &str = "Cargo.toml";
const RULE: &str = "every direct dependency has one line in docs/DEPENDENCIES.md";

pub(crate) fn unexplained(packages: &[Package], sources: &[Source]) -> Vec<Violation> {
    let text = |path: &str| sources.iter().find(|source| source.path == path).map_or("", |source| source.text.as_str());
    let mut violations = Vec::new();

    // Name → where it is asked for.
    let mut asked: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (name, line) in of_the_workspace(text(WORKSPACE)) {
        asked.entry(name).or_insert((WORKSPACE.into(), line));
    }
    for package in packages {
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.ours) {
            asked.entry(dependency.name.clone()).or_insert((package.manifest.clone(), dependency.line));
        }
    }
    for (name, line) in of_the_ui(text(UI)) {
        asked.entry(name).or_insert((UI.into(), line));
    }

    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, line) in text(LIST).lines().enumerate() {
        let Some((name, reasons)) = line.strip_prefix("- `").and_then(|line| line.split_once('`')) else {
            continue;
        };
        let mut say = |what: String, instead: &'static str| {
            violations.push(Violation { path: LIST.into(), line: index + 1, rule: RULE, what, instead });
        };
        let parts = reasons
            .strip_prefix(" — ")
            .map_or(0, |reasons| reasons.splitn(2, " — ").filter(|p| !p.trim().is_empty()).count());
        if parts != 2 {
            say(
                format!("`{name}` does not say both what it is for and why this one"),
                "write \"- `name` — what for — why this one\"",
            );
        }
        if explained.insert(name, index + 1).is_some() {
            say(format!("`{name}` has more than one line"), "keep one");
        }
        if !asked.contains_key(name) {
            say(format!("`{name}` is not a dependency"), "take the line out");
        }
    }

    for (name, (path, line)) in asked {
        if !explained.contains_key(name.as_str()) {
            violations.push(Violation {
                path,
                line,
                rule: RULE,
                what: format!("nobody says why `{name}` is here"),
                instead: "do without it, or add \"- `name` — what for — why this one\" to docs/DEPENDENCIES.md",
            });
        }
    }
    violations
}

/// Others' crates in `[workspace.dependencies]`, which need not be used by any package yet.
fn of_the_workspace(manifest: &str) -> Vec<(String, usize)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim() == "[workspace.dependencies]";
        } else if let Some((name, value)) = line.split_once('=').filter(|_| inside && !line.starts_with('#')) {
            let value = value.trim_start();
            let package = value.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
            if !value.starts_with("{ path") {
                found.push((package.unwrap_or(name.trim()).to_owned(), index + 1));
            }
        }
    }
    found
}

fn of_the_ui(package: &str) -> Vec<(String, usize)> {
    let parsed: Value = serde_json::from_str(package).unwrap_or_default();
    ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]
        .iter()
        .filter_map(|kind| parsed[kind].as_object())
        .flat_map(|names| names.keys())
        .map(|name| {
            let at = package.find(&format!("\"{name}\":")).unwrap_or(0);
            (name.clone(), line_at(package, at))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::made_up::workspace;

    const CARGO: &str = "[workspace.dependencies]\napp = { path = \"crates/app\" }\n# why\nchrono = \"0.4\"\n\
                         time-zones = { version = \"1\", package = \"chrono-tz\" }\n[profile.dev]\ndebug = 1\n";
    const NPM: &str = "{\n  \"name\": \"ui\",\n  \"dependencies\": { \"svelte\": \"5\" },\n  \
                       \"devDependencies\": {\n    \"vite\": \"8\"\n  }\n}\n";
    const GOOD: &str = "# Dependencies\n\n- `chrono` — dates — kept up.\n- `chrono-tz` — zones — chrono's own.\n\
                        - `serde` — JSON — everyone's.\n- `svelte` — the UI — small.\n- `vite` — builds it — Svelte's.\n";

    fn found(list: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let sources = [source(LIST, list), source(UI, NPM), source(WORKSPACE, CARGO)];
        unexplained(&workspace("app: chrono, serde, metering"), &sources).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_with_every_one_is_fine() {
        assert_eq!(found(GOOD), [""; 0]);
    }

    #[test]
    fn one_that_is_not_explained_is_named_where_it_is_asked_for() {
        for (name, place) in [
            ("chrono", "Cargo.toml:4:"),
            ("chrono-tz", "Cargo.toml:5:"),
            ("serde", "crates/app/Cargo.toml:6:"),
            ("svelte", "ui/package.json:3:"),
            ("vite", "ui/package.json:5:"),
        ] {
            let without: Vec<&str> = GOOD.lines().filter(|line| !line.contains(&format!("- `{name}`"))).collect();
            let found = found(&without.join("\n"));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].starts_with(&format!("{place} nobody says why `{name}` is here")), "{}", found[0]);
        }
    }

    #[test]
    fn lines_that_are_short_double_or_left_over_are_named() {
        for (line, said) in [
            ("- `left-pad` — pads — was there.", "`left-pad` is not a dependency"),
            ("- `vite` — again — and again.", "`vite` has more than one line"),
        ] {
            let found = found(&format!("{GOOD}{line}\n"));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].starts_with(&format!("docs/DEPENDENCIES.md:8: {said}")), "{}", found[0]);
        }
        for short in ["- `vite` — builds it", "- `vite`", "- `vite` —  — Svelte's."] {
            let found = found(&GOOD.replace("- `vite` — builds it — Svelte's.", short));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].contains("`vite` does not say both"), "{}", found[0]);
        }
    }
}
