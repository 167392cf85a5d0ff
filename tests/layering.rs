//! The rules of docs/ARCHITECTURE.md that no compiler holds: who may depend on whom, where the clock is read, what a
//! command may contain.
//!
//! Each rule is a pure function from what is in the repository to what is wrong with it, in a file of its own under
//! `tests/layering/`, where tests also break it on purpose and see it say so. Here the rules meet the real repository.

#[path = "layering/bridge.rs"]
mod bridge;
#[path = "layering/clock.rs"]
mod clock;
#[path = "layering/colours.rs"]
mod colours;
#[path = "layering/commands.rs"]
mod commands;
#[path = "layering/dependencies.rs"]
mod dependencies;
#[path = "layering/edges.rs"]
mod edges;
#[path = "layering/names.rs"]
mod names;
#[path = "layering/packages.rs"]
mod packages;
#[path = "layering/rules_page.rs"]
mod rules_page;
#[path = "layering/rust_text.rs"]
mod rust_text;
#[path = "layering/violation.rs"]
mod violation;
#[path = "layering/walk.rs"]
mod walk;

#[cfg(test)]
mod the_repository {
    use super::violation::hold;
    use super::{bridge, clock, colours, commands, dependencies, edges, names, packages, rules_page, walk};

    fn sources() -> Vec<walk::Source> {
        walk::sources(walk::root()).expect("the repository can be read")
    }

    fn packages() -> Vec<packages::Package> {
        let metadata = walk::metadata(walk::root()).expect("cargo describes the workspace");
        packages::from_metadata(&metadata, &sources())
    }

    #[test]
    fn is_found() {
        let sources = sources();
        for path in ["Cargo.toml", "crates/metering/src/lib.rs", "tests/layering.rs"] {
            assert!(sources.iter().any(|source| source.path == path), "{path} was not read");
        }
        assert!(packages().iter().any(|package| package.name == "metering"));
    }

    #[test]
    fn has_only_the_edges_that_are_allowed() {
        hold(&edges::between_ours(&packages()));
    }

    #[test]
    fn keeps_each_technology_in_its_crate() {
        hold(&edges::to_others(&packages()));
    }

    #[test]
    fn reads_the_clock_in_one_place() {
        hold(&clock::read_elsewhere(&sources()));
    }

    #[test]
    fn touches_tauri_in_one_folder_of_the_ui() {
        hold(&bridge::crossed_elsewhere(&sources()));
    }

    #[test]
    fn has_no_drawer_for_everything() {
        hold(&names::that_say_nothing(&sources(), &packages()));
    }

    #[test]
    fn has_one_line_commands() {
        hold(&commands::with_logic(&sources()));
    }

    #[test]
    fn takes_chart_colours_from_the_theme() {
        hold(&colours::written_down(&sources()));
    }

    #[test]
    fn says_why_each_dependency_is_there() {
        hold(&dependencies::unexplained(&packages(), &sources()));
    }

    #[test]
    fn leads_from_each_rule_to_its_tests() {
        hold(&rules_page::broken_leads(&sources()));
    }
}
