//! Who may depend on whom.

use crate::packages::{Dependency, Kind, Package};
use crate::violation::Violation;

/// Each package of the workspace and the packages of the workspace that it may be built from.
/// A change here is a change of the architecture: docs/ARCHITECTURE.md draws the same picture.
pub(crate) const ALLOWED: [(&str, &[&str]); 9] = [
    ("metering", &[]),
    ("clock", &["metering"]),
    ("wire", &["metering"]),
    ("cache", &["metering", "wire"]),
    ("charts", &["metering"]),
    ("sync", &["cache", "clock", "metering", "wire"]),
    ("app", &["cache", "charts", "clock", "metering", "sync", "wire"]),
    ("creditdeck-service", &["clock", "metering", "wire"]),
    (SHELL, &["app", "clock", "creditdeck-service"]),
];

const SHELL: &str = "creditdeck";
const SERVICE: &str = "creditdeck-service";
const CLIENTS: [&str; 3] = ["app", "cache", "sync"];

/// What stores, serves, fetches or schedules: never under the rules and what crosses a boundary.
const EFFECTS: [&str; 18] = [
    "axum",
    "diesel",
    "hyper",
    "hyper-util",
    "isahc",
    "libsqlite3-sys",
    "postgres",
    "reqwest",
    "rusqlite",
    "smol",
    "sqlx",
    "tokio",
    "tokio-postgres",
    "tokio-stream",
    "tower",
    "tower-http",
    "tungstenite",
    "ureq",
];

/// What each technology's crates are, for code that is not a test.
const HOMES: [(&str, &[&str]); 4] = [
    ("axum", &[SERVICE]),
    ("plotters", &["charts"]),
    ("reqwest", &["sync", SERVICE]),
    ("rusqlite", &["cache", SERVICE]),
];

/// Edges between the packages of the workspace.
pub(crate) fn between_ours(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            violations.push(Violation {
                path: package.manifest.clone(),
                line: 1,
                rule: "every crate has its place in the architecture",
                what: format!("`{}` is in no layer", package.name),
                instead: "give it its line in docs/ARCHITECTURE.md and in ALLOWED of tests/layering/edges.rs, or put the \
                          code into a crate that is there",
            });
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.ours) {
            let (user, used) = (package.name.as_str(), dependency.name.as_str());
            if user == "metering" {
                violations.push(asked(
                    package,
                    dependency,
                    "the rules depend on no other crate here",
                    "hand metering what it needs as an argument, and turn its answer into yours with From",
                ));
            } else if (CLIENTS.contains(&user) && used == SERVICE) || (user == SERVICE && CLIENTS.contains(&used)) {
                violations.push(asked(
                    package,
                    dependency,
                    "the app and the service know each other only through wire",
                    "talk HTTP in wire's types; a test that needs both goes into the root's tests/",
                ));
            } else if dependency.kind != Kind::Dev && !allowed.contains(&used) {
                violations.push(asked(
                    package,
                    dependency,
                    "dependencies between crates follow docs/ARCHITECTURE.md",
                    "move the code to the layer that may do this, or change the picture there and in ALLOWED of \
                     tests/layering/edges.rs first",
                ));
            }
        }
    }
    for (name, _) in ALLOWED {
        if !packages.is_empty() && !packages.iter().any(|package| package.name == name) {
            violations.push(Violation {
                path: "tests/layering/edges.rs".into(),
                line: 1,
                rule: "every crate has its place in the architecture",
                what: format!("`{name}` has a layer, but there is no such crate"),
                instead: "take it out of ALLOWED and of docs/ARCHITECTURE.md",
            });
        }
    }
    violations
}

/// Edges from the packages of the workspace to others' crates.
pub(crate) fn to_others(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.ours) {
            let (user, used) = (package.name.as_str(), dependency.name.as_str());
            let built_in = dependency.kind != Kind::Dev;
            if matches!(user, "metering" | "wire") && EFFECTS.contains(&used) {
                violations.push(asked(
                    package,
                    dependency,
                    "metering and wire never see storage, HTTP or a runtime, not even in tests",
                    "do it in cache, sync or service, and hand the result in",
                ));
            } else if user == "metering" && built_in && !matches!(used, "chrono" | "chrono-tz") {
                violations.push(asked(
                    package,
                    dependency,
                    "the rules are built from std, chrono and chrono-tz alone",
                    "do it in the crate that calls metering: formats belong to wire, storage to cache and service",
                ));
            } else if user != SHELL && is_tauri(used) {
                violations.push(asked(
                    package,
                    dependency,
                    "only the shell knows Tauri",
                    "put what needs a window into src-tauri, and what does not into app",
                ));
            } else if let Some((_, homes)) = HOMES.iter().find(|(name, _)| *name == used)
                && built_in
                && !homes.contains(&user)
            {
                violations.push(asked(
                    package,
                    dependency,
                    "each technology has its crate: SQLite in cache and service, HTTP in sync and service, drawing in charts",
                    "ask that crate for what you need in metering's or wire's types",
                ));
            }
        }
    }
    violations
}

fn is_tauri(name: &str) -> bool {
    name == "tauri" || name.starts_with("tauri-") || matches!(name, "tao" | "wry")
}

fn asked(package: &Package, dependency: &Dependency, rule: &'static str, instead: &'static str) -> Violation {
    let how = match dependency.kind {
        Kind::Normal => "depends on",
        Kind::Build => "is built with",
        Kind::Dev => "is tested with",
    };
    Violation {
        path: package.manifest.clone(),
        line: dependency.line,
        rule,
        what: format!("`{}` {how} `{}`", package.name, dependency.name),
        instead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::made_up::workspace;

    const GOOD: &str = "
        metering: chrono, chrono-tz, dev proptest, dev serde_json
        clock: metering
        wire: metering, serde, serde_json
        cache: metering, rusqlite, dev wire
        charts: metering, plotters
        sync: cache, clock, metering, wire, reqwest, tokio
        app: cache, charts, clock, metering, sync, wire, dev rusqlite
        creditdeck-service: clock, metering, wire, axum, rusqlite, tokio
        creditdeck: app, clock, creditdeck-service, tauri, build tauri-build, dev sync, dev reqwest";

    /// The good workspace with one more dependency, and all that is said about it.
    fn with(package: &str, dependency: &str) -> Vec<String> {
        let start = format!("{package}:");
        let lines: Vec<String> = GOOD
            .lines()
            .map(|line| if line.trim().starts_with(&start) { format!("{line}, {dependency}") } else { line.to_owned() })
            .collect();
        let packages = workspace(&lines.join("\n"));
        between_ours(&packages).iter().chain(&to_others(&packages)).map(ToString::to_string).collect()
    }

    #[track_caller]
    fn names(found: &[String], place: &str, rule: &str) {
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with(place), "{}", found[0]);
        assert!(found[0].contains(rule), "{}", found[0]);
    }

    #[test]
    fn the_architecture_itself_is_fine() {
        let packages = workspace(GOOD);
        assert_eq!((between_ours(&packages), to_others(&packages)), (vec![], vec![]));
    }

    #[test]
    fn metering_on_any_crate_here_is_named() {
        for dependency in ["wire", "dev clock", "build cache"] {
            names(&with("metering", dependency), "crates/metering/Cargo.toml:12: `metering`", "no other crate here");
        }
    }

    #[test]
    fn app_sync_and_cache_on_the_service_are_named_even_in_tests() {
        for package in CLIENTS {
            for dependency in [SERVICE, "dev creditdeck-service"] {
                names(&with(package, dependency), &format!("crates/{package}/Cargo.toml:"), "only through wire");
            }
        }
    }

    #[test]
    fn the_service_on_app_sync_or_cache_is_named_even_in_tests() {
        for package in CLIENTS {
            for kind in ["", "dev "] {
                let found = with(SERVICE, &format!("{kind}{package}"));
                names(&found, "crates/creditdeck-service/Cargo.toml:", "only through wire");
            }
        }
    }

    #[test]
    fn every_edge_that_is_not_drawn_is_named() {
        for (user, allowed) in ALLOWED {
            for (used, _) in ALLOWED {
                if user != used && !allowed.contains(&used) {
                    assert_eq!(with(user, used).len(), 1, "{user} → {used}");
                }
            }
        }
        names(&with("charts", "wire"), "crates/charts/Cargo.toml:", "follow docs/ARCHITECTURE.md");
        names(&with("creditdeck", "build sync"), "Cargo.toml:", "follow docs/ARCHITECTURE.md");
    }

    #[test]
    fn a_crate_without_a_layer_and_a_layer_without_a_crate_are_named() {
        let packages = workspace(&format!("{GOOD}\nextras: metering").replace("clock: metering\n", ""));
        let found: Vec<String> = between_ours(&packages).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].contains("`extras` is in no layer"), "{}", found[0]);
        assert!(found[1].contains("`clock` has a layer"), "{}", found[1]);
    }

    #[test]
    fn storage_http_and_runtimes_under_metering_or_wire_are_named_even_in_tests() {
        for package in ["metering", "wire"] {
            for used in ["rusqlite", "reqwest", "axum", "tokio", "hyper"] {
                for kind in ["", "dev ", "build "] {
                    let found = with(package, &format!("{kind}{used}"));
                    names(&found, &format!("crates/{package}/Cargo.toml:"), "never see storage");
                }
            }
        }
    }

    #[test]
    fn anything_but_chrono_in_metering_is_named() {
        names(&with("metering", "serde"), "crates/metering/Cargo.toml:12:", "chrono and chrono-tz alone");
    }

    #[test]
    fn tauri_outside_the_shell_is_named() {
        for used in ["tauri", "tauri-plugin-opener", "wry"] {
            names(&with("app", used), "crates/app/Cargo.toml:", "only the shell knows Tauri");
        }
    }

    #[test]
    fn a_technology_away_from_home_is_named() {
        names(&with("app", "rusqlite"), "crates/app/Cargo.toml:", "each technology has its crate");
        names(&with("sync", "axum"), "crates/sync/Cargo.toml:", "each technology has its crate");
        names(&with("creditdeck", "reqwest"), "Cargo.toml:", "each technology has its crate");
        names(&with("app", "plotters"), "crates/app/Cargo.toml:", "each technology has its crate");
    }
}
