//! A Tauri command passes a call on to `app`, and does nothing else.

use crate::rust_text::{closed, of_the_product, past_attributes, words};
use crate::violation::{Violation, line_at};
use crate::walk::Source;

const FOLDER: &str = "src-tauri/";
/// One call, as rustfmt breaks it.
const LINES: usize = 3;

pub(crate) fn with_logic(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for text in of_the_product(sources) {
        let code = text.code.as_str();
        for (start, _) in code.match_indices("#[") {
            let end = closed(code, start + 1);
            let attribute = code[start..end].trim_start_matches("#[").trim_start();
            let is_command = ["tauri::command", "command"]
                .iter()
                .any(|name| attribute.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with([']', '('])));
            // clap's `#[command(…)]` stands on types, not on functions.
            let item = past_attributes(code, end);
            let Some((name, body)) = function(code, item).filter(|_| is_command) else {
                continue;
            };
            let say = |what: String, instead: &'static str| Violation {
                path: text.path.clone(),
                line: line_at(code, start),
                rule: "a command is one line: it calls a use case of app",
                what,
                instead,
            };
            if !text.path.starts_with(FOLDER) {
                violations.push(say(
                    format!("the command `{name}` is outside {FOLDER}"),
                    "keep the use case here as a plain function, and its command in src-tauri",
                ));
            }
            let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
            if lines > LINES {
                violations.push(say(
                    format!("the command `{name}` is {lines} lines long"),
                    "move what it does into a use case in crates/app, with a test, and call that",
                ));
            }
        }
    }
    violations
}

/// The name and the body of the function that starts at a byte, if one does.
fn function(code: &str, at: usize) -> Option<(&str, &str)> {
    let head_end = at + code[at..].find(['(', '{', ';'])?;
    let keyword = at + words(&code[at..head_end], "fn").next()?;
    let name = code[keyword + 2..head_end].split('<').next()?.trim();
    let arguments_end = closed(code, code[keyword..].find('(')? + keyword);
    let open = arguments_end + code[arguments_end..].find('{')?;
    Some((name, &code[open + 1..closed(code, open) - 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        with_logic(&[Source { path: path.into(), text: text.into() }]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_command_with_logic_is_named() {
        for attribute in ["#[tauri::command]", "#[tauri::command(rename_all = \"snake_case\")]", "#[command]"] {
            let text = format!(
                "use tauri::State;\n{attribute}\n#[allow(unused)]\npub async fn buy<R: Runtime>(app: State<'_, (App, u8)>) -> \
                 Result<u8, Error> {{\n    let a = app.a()?;\n    // why\n    if a.is_empty() {{\n        return Err(b);\n    \
                 }}\n    app.buy(a)\n}}\n#[tauri::command]\nfn fine() {{ x() }}\n"
            );
            let found = found("src-tauri/src/commands.rs", &text);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(
                found[0].starts_with("src-tauri/src/commands.rs:2: the command `buy` is 5 lines long"),
                "{}",
                found[0]
            );
        }
    }

    #[test]
    fn a_command_outside_the_shell_is_named() {
        let found = found("crates/app/src/usage.rs", "#[tauri::command]\nfn usage() -> u8 { 1 }");
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].starts_with("crates/app/src/usage.rs:1: the command `usage` is outside src-tauri/"),
            "{}",
            found[0]
        );
    }

    #[test]
    fn one_line_as_rustfmt_breaks_it_other_functions_and_the_command_line_are_fine() {
        let nothing: [String; 0] = [];
        for text in [
            "#[tauri::command]\nasync fn usage(app: State<'_, App>) -> Answer {\n    app.usage(range)\n        .await\n        \
             .map_err(Into::into)\n}",
            "fn long() {\n1;\n2;\n3;\n4;\n}",
            "#[derive(Parser)]\n#[command(version)]\nstruct Line {\n a: u8,\n b: u8,\n c: u8,\n d: u8,\n}",
            "#[cfg(test)]\nmod tests {\n#[tauri::command]\nfn long() {\n1;\n2;\n3;\n4;\n}\n}",
        ] {
            assert_eq!(found("src-tauri/src/lib.rs", text), nothing);
        }
    }
}
