//! The UI reaches Tauri through one folder, beside which a fake stands in for tests.

use crate::violation::{Violation, line_at};
use crate::walk::Source;

const FOLDER: &str = "ui/src/lib/backend/";
const LANGUAGES: [&str; 4] = [".ts", ".js", ".mjs", ".svelte"];
const CROSSINGS: [&str; 5] = ["\"@tauri-apps/", "'@tauri-apps/", "`@tauri-apps/", "__TAURI__", "__TAURI_INTERNALS__"];

pub(crate) fn crossed_elsewhere(sources: &[Source]) -> Vec<Violation> {
    let ours = sources.iter().filter(|source| {
        source.path.starts_with("ui/src/")
            && !source.path.starts_with(FOLDER)
            && LANGUAGES.iter().any(|language| source.path.ends_with(language))
    });
    ours.flat_map(|source| {
        CROSSINGS.iter().flat_map(move |crossing| source.text.match_indices(crossing)).map(move |(at, crossing)| {
            Violation {
                path: source.path.clone(),
                line: line_at(&source.text, at),
                rule: "@tauri-apps only under ui/src/lib/backend",
                what: format!("`{}` is used outside {FOLDER}", crossing.trim_matches(['"', '\'', '`'])),
                instead: "add a method to the backend's interface, to its Tauri side and to its fake, and call that",
            }
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        crossed_elsewhere(&[Source { path: path.into(), text: text.into() }]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_crossing_elsewhere_is_named() {
        for (path, text) in [
            ("ui/src/App.svelte", "<script>\nimport { invoke } from \"@tauri-apps/api/core\";"),
            ("ui/src/lib/rooms/usage.ts", "\nconst api = await import('@tauri-apps/api');"),
            ("ui/src/main.ts", "//\nwindow.__TAURI__.core.invoke(\"x\")"),
            ("ui/src/lib/backends/a.ts", "\nvi.mock(`@tauri-apps/api/core`)"),
        ] {
            let found = found(path, text);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].starts_with(&format!("{path}:2: ")), "{}", found[0]);
            assert!(found[0].contains("@tauri-apps only under ui/src/lib/backend"), "{}", found[0]);
        }
    }

    #[test]
    fn the_folder_itself_prose_and_other_files_are_fine() {
        let import = "import { invoke } from \"@tauri-apps/api/core\";";
        let nothing: [String; 0] = [];
        assert_eq!(found("ui/src/lib/backend/tauri.ts", import), nothing);
        assert_eq!(found("ui/eslint.config.js", import), nothing);
        assert_eq!(found("ui/src/main.ts", "// @tauri-apps/api is reached through the backend"), nothing);
    }
}
