//! How the page is drawn where there is no graphics card.

/// What WebKit is told where there is no graphics card.
#[cfg(target_os = "linux")]
const WITHOUT_A_CARD: [&str; 2] = [
    // Pieces of the page are drawn by the processor itself, and not by a graphics card that it simulates.
    "WEBKIT_SKIA_ENABLE_CPU_RENDERING",
    // Nor are they put together by one: the window shows the page as it was drawn.
    "WEBKIT_DISABLE_DMABUF_RENDERER",
];

/// Has WebKit draw the page on the processor where nothing else would: it tells no graphics card from one that is only
/// simulated (a virtual machine, a remote desktop), and what is drawn through a simulated one takes several times as long,
/// the first picture and scrolling above all. Whoever has set the same to something keeps it. To be called before anything
/// else, while there is one thread.
#[cfg(target_os = "linux")]
pub(crate) fn choose() {
    if has_graphics_card(std::path::Path::new("/dev/dri")) {
        return;
    }
    for name in WITHOUT_A_CARD {
        if let Err(error) = glib::setenv(name, "1", false) {
            tracing::warn!(%error, name, "the page is drawn as WebKit chooses");
        }
    }
}

/// Elsewhere the system's own web view decides.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn choose() {}

/// Whether the kernel offers something that draws: a node `renderD…` for each.
#[cfg(target_os = "linux")]
fn has_graphics_card(nodes: &std::path::Path) -> bool {
    let nodes = std::fs::read_dir(nodes).into_iter().flatten().flatten();
    nodes.map(|node| node.file_name()).any(|name| name.to_string_lossy().starts_with("renderD"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_graphics_card_is_one_that_draws() {
        let folder = tempfile::tempdir().unwrap();
        let nodes = folder.path().join("dri");
        assert!(!super::has_graphics_card(&nodes), "no folder at all");
        std::fs::create_dir(&nodes).unwrap();
        // A display without anything that draws for it.
        std::fs::write(nodes.join("card0"), "").unwrap();
        assert!(!super::has_graphics_card(&nodes));
        std::fs::write(nodes.join("renderD128"), "").unwrap();
        assert!(super::has_graphics_card(&nodes));
    }
}
