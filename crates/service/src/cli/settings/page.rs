//! docs/CONFIGURATION.md, made of the list of settings.

use std::fmt::Write;

use super::table::SETTINGS;

const HEAD: &str = "# Configuration

<!-- Made by `creditdeck-service serve --print-page`. A test holds it equal to what the service reads. -->

Everything that can be set of `creditdeck-service serve`, each by an argument, by a variable of the environment, or by a
line in a file. An argument counts before the environment, and that before the file. A variable that is empty is not set.

The file is TOML and named by `--config FILE` or `CREDITDECK_CONFIG`. What it does not know is an error that says where:

```toml
listen = \"0.0.0.0:8787\"
public_url = \"https://credits.example\"
database_file = \"/run/secrets/database\"
metrics_listen = \"10.0.0.5:9090\"
trusted_proxies = [\"10.0.0.2\"]
log_format = \"json\"
```

`creditdeck-service serve --print-config`, with the same arguments and environment, prints what holds and where it is from,
without secrets, and ends. Secrets have their place in the environment or in files, not among arguments, where every user of
the machine can read them.

| in the file | argument | environment | default | what it means |
|---|---|---|---|---|
";

const TAIL: &str = "
The other commands take `--database` and `CREDITDECK_DATABASE`, and `RUST_LOG`.
";

/// The page.
pub(in crate::cli) fn page() -> String {
    let mut page = HEAD.to_owned();
    for setting in &SETTINGS {
        let flag = setting.flag.map_or_else(|| "none".to_owned(), |flag| format!("`--{flag} {}`", cell(setting.value)));
        let default = setting.default.map_or_else(|| "none".to_owned(), |default| format!("`{default}`"));
        let (key, variable, meaning) = (setting.key, setting.variable, cell(setting.meaning));
        // Writing into a text does not fail.
        let _ = writeln!(page, "| `{key}` | {flag} | `{variable}` | {default} | {meaning} |");
    }
    page + TAIL
}

/// A text that does not end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_the_repository_is_this_one() {
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIGURATION.md");
        let kept = std::fs::read_to_string(kept).unwrap_or_default();
        assert!(kept == page(), "make it anew: creditdeck-service serve --print-page > docs/CONFIGURATION.md");
    }
}
