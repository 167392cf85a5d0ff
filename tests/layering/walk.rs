//! Reads what the rules are about from the repository. The only part that touches files or starts a program.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use serde_json::Value;

/// A file, by its path from the repository's root with `/` between the parts.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

const NOT_OURS: [&str; 7] = [".git", "coverage", "dist", "gen", "node_modules", "target", "icons"];
const READ: [&str; 10] = ["rs", "toml", "ts", "js", "mjs", "svelte", "css", "sql", "json", "md"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn sources(root: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if kind.is_dir() && !NOT_OURS.iter().any(|name| entry.file_name() == *name) {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|e| READ.iter().any(|read| e == *read)) {
                let from_root = path.strip_prefix(root).map_err(io::Error::other)?;
                let parts: Vec<_> = from_root.iter().map(|part| part.to_string_lossy()).collect();
                found.push(Source { path: parts.join("/"), text: fs::read_to_string(&path)? });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

pub(crate) fn metadata(root: &Path) -> io::Result<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sources_and_leaves_out_what_is_made_or_fetched() {
        let root = std::env::temp_dir().join(format!("creditdeck-walk-{}", std::process::id()));
        for path in
            ["ui/src/a.ts", "ui/node_modules/b/b.ts", "target/c.rs", "crates/d/src/d.rs", "ui/dist/e.js", "f.png"]
        {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        let found: Vec<String> = sources(&root).unwrap().into_iter().map(|source| source.path).collect();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, ["crates/d/src/d.rs", "ui/src/a.ts"]);
    }

    #[test]
    fn says_why_there_is_no_workspace() {
        let error = metadata(&std::env::temp_dir()).unwrap_err().to_string();
        assert!(error.contains("Cargo.toml"), "{error}");
    }
}
