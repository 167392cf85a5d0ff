//! The workspace's packages and what each asks for, as `cargo metadata` tells it.

use serde_json::Value;

use crate::walk::Source;

pub(crate) struct Package {
    pub(crate) name: String,
    /// The path of its Cargo.toml from the repository's root.
    pub(crate) manifest: String,
    pub(crate) dependencies: Vec<Dependency>,
}

pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// A package of this workspace.
    pub(crate) ours: bool,
    /// Where the manifest asks for it.
    pub(crate) line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Build,
    Dev,
}

pub(crate) fn from_metadata(metadata: &Value, sources: &[Source]) -> Vec<Package> {
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let mut packages: Vec<Package> =
        list(&metadata["packages"]).iter().map(|package| one(package, root, sources)).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages
}

fn one(package: &Value, root: &str, sources: &[Source]) -> Package {
    let path = package["manifest_path"].as_str().unwrap_or_default();
    let manifest = path.strip_prefix(root).unwrap_or(path).trim_start_matches(['/', '\\']).replace('\\', "/");
    let text = sources.iter().find(|source| source.path == manifest).map_or("", |source| source.text.as_str());
    let dependencies = list(&package["dependencies"])
        .iter()
        .map(|dependency| {
            let name = dependency["name"].as_str().unwrap_or_default();
            let kind = match dependency["kind"].as_str() {
                Some("dev") => Kind::Dev,
                Some("build") => Kind::Build,
                _ => Kind::Normal,
            };
            let key = dependency["rename"].as_str().unwrap_or(name);
            Dependency {
                name: name.to_owned(),
                kind,
                ours: dependency["path"].is_string(),
                line: line_of(text, key, kind),
            }
        })
        .collect();
    Package { name: package["name"].as_str().unwrap_or_default().to_owned(), manifest, dependencies }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The line that asks for a dependency, or the first one if it is written in a way that is not understood here.
fn line_of(manifest: &str, key: &str, kind: Kind) -> usize {
    let mut section = "";
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        let (table, own_table) = match section.rsplit_once('.') {
            Some((table, last)) if last == key => (table, true),
            _ => (section, false),
        };
        let right_table = !table.starts_with("workspace")
            && table.rsplit('.').next()
                == Some(match kind {
                    Kind::Normal => "dependencies",
                    Kind::Build => "build-dependencies",
                    Kind::Dev => "dev-dependencies",
                });
        let asks = || line.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
        if right_table && (own_table || asks()) {
            return index + 1;
        }
    }
    1
}

#[cfg(test)]
pub(crate) mod made_up {
    //! A workspace for the rules' own tests: `NAME: DEPENDENCY, dev DEPENDENCY, build DEPENDENCY` a line.
    //! Packages of the workspace are those that architecture names.

    use serde_json::json;

    use super::*;
    use crate::edges::ALLOWED;

    pub(crate) fn workspace(lines: &str) -> Vec<Package> {
        let (mut packages, mut sources) = (Vec::new(), Vec::new());
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, dependencies) = line.split_once(':').unwrap();
            let path = if name == "creditdeck" { "Cargo.toml".into() } else { format!("crates/{name}/Cargo.toml") };
            let mut text = format!("[package]\nname = \"{name}\"\n");
            let mut asked = Vec::new();
            for dependency in dependencies.split(',').map(str::trim).filter(|d| !d.is_empty()) {
                let (kind, dependency) = dependency.split_once(' ').unwrap_or(("", dependency));
                let table = if kind.is_empty() { String::new() } else { format!("{kind}-") };
                text += &format!("[{table}dependencies]\n{dependency}.workspace = true\n");
                let ours = ALLOWED.iter().any(|(name, _)| *name == dependency);
                asked.push(json!({
                    "name": dependency,
                    "kind": if kind.is_empty() { Value::Null } else { kind.into() },
                    "path": if ours { json!(format!("/repo/crates/{dependency}")) } else { Value::Null },
                }));
            }
            packages.push(json!({ "name": name, "manifest_path": format!("/repo/{path}"), "dependencies": asked }));
            sources.push(Source { path, text });
        }
        from_metadata(&json!({ "workspace_root": "/repo", "packages": packages }), &sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_read_with_the_lines_that_ask() {
        let packages = made_up::workspace("app: chrono, dev tempfile, cache");
        let app = &packages[0];
        assert_eq!((app.name.as_str(), app.manifest.as_str()), ("app", "crates/app/Cargo.toml"));
        let seen: Vec<_> = app.dependencies.iter().map(|d| (d.name.as_str(), d.kind, d.ours, d.line)).collect();
        assert_eq!(
            seen,
            [("chrono", Kind::Normal, false, 4), ("tempfile", Kind::Dev, false, 6), ("cache", Kind::Normal, true, 8)]
        );
    }

    #[test]
    fn lines_are_found_in_each_way_of_writing() {
        let manifest = "[workspace.dependencies]\nserde = \"1\"\n[dev-dependencies]\nserde = \"1\"\n\
                        [dependencies.serde]\nversion = \"1\"\n[target.'cfg(unix)'.dependencies]\nserde_json = \"1\"\n";
        assert_eq!(line_of(manifest, "serde", Kind::Dev), 4);
        assert_eq!(line_of(manifest, "serde", Kind::Normal), 5);
        assert_eq!(line_of(manifest, "serde_json", Kind::Normal), 8);
        assert_eq!(line_of(manifest, "absent", Kind::Normal), 1);
    }
}
