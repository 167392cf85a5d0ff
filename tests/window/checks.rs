//! What has to hold in every room, whatever it shows: nothing that axe finds, nothing that the data makes run, and all of it
//! within the window and within reach of the pointer.

use serde_json::{Value, json};

use crate::harness::Window;

/// What axe looks for: its usual rules, and two that it leaves out by itself though they are worth keeping.
const RULES: &str = "{ resultTypes: ['violations'], \
                     rules: { 'target-size': { enabled: true }, 'td-has-header': { enabled: true } } }";

impl Window {
    /// Nothing that axe finds, by any rule.
    pub(crate) async fn assert_accessible(&self, place: &str) {
        let found = self.inaccessible().await;
        assert!(found.is_empty(), "{place}: {found:#?}");
    }

    /// What axe finds.
    pub(crate) async fn inaccessible(&self) -> Vec<String> {
        self.settle().await;
        if self.run("return typeof axe === 'undefined'").await == json!(true) {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js");
            self.run(&std::fs::read_to_string(path).unwrap()).await;
        }
        let script = format!(
            "axe.run({RULES}).then(found => done(found.violations.flatMap(one => one.nodes.map(node => \
             one.id + ': ' + node.target.join(' ') + ': ' + node.failureSummary))), error => done([String(error)]))"
        );
        texts(&self.run_later(&script).await)
    }

    /// From here on is noted what names and texts make run. It is to be called before they are shown.
    pub(crate) async fn watch(&self) {
        self.run(
            "window.__ran = []; for (const name of ['alert', 'confirm', 'prompt']) \
             window[name] = what => { window.__ran.push(name + ': ' + what); }",
        )
        .await;
    }

    /// What of the data is in the page as more than text: elements, handlers, scripts, and what has run.
    pub(crate) async fn running(&self) -> Vec<String> {
        let script = "const handlers = [...document.querySelectorAll('*')]\
                          .filter(one => [...one.attributes].some(({ name }) => name.startsWith('on')));\
                      const scripts = [...document.scripts].filter(one => !one.src.startsWith(location.origin));\
                      const foreign = document.querySelectorAll('img, iframe, object, embed, base, bdi > *:not(mark)');\
                      return [...window.__ran, ...[...handlers, ...scripts, ...foreign].map(one => one.outerHTML)]";
        texts(&self.run(script).await)
    }

    /// What is on screen to be clicked, but lies under something else.
    pub(crate) async fn covered(&self) -> Vec<String> {
        let script = "const clips = one => { const { overflowX, overflowY } = getComputedStyle(one); \
                          return overflowX !== 'visible' || overflowY !== 'visible' }; \
                      const isIn = (x, y, { left, right, top, bottom }) => x > left && x < right && y > top && y < bottom; \
                      const isShown = (one, x, y) => { \
                          for (let at = one.parentElement; at; at = at.parentElement) \
                              if (clips(at) && !isIn(x, y, at.getBoundingClientRect())) return false; \
                          return isIn(x, y, { left: 0, right: innerWidth, top: 0, bottom: innerHeight }); }; \
                      const isCovered = one => { const box = one.getClientRects()[0]; \
                          if (!box || one.closest('[inert]') || getComputedStyle(one).pointerEvents === 'none') return false; \
                          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]; \
                          const top = document.elementFromPoint(x, y); \
                          return isShown(one, x, y) && !one.contains(top) && !top?.contains(one); }; \
                      return [...document.querySelectorAll('a, button, select, input:not(.unseen), [role=slider], [role=gridcell]')]\
                          .filter(isCovered).map(one => one.outerHTML.slice(0, 120))";
        texts(&self.run(script).await)
    }

    /// What would have to be scrolled sideways: the window, or the room.
    pub(crate) async fn wider_than_the_window(&self) -> Vec<String> {
        let script = "const wide = [document.documentElement, document.body, document.querySelector('main'), document.querySelector('[data-testid=room]')]\
                          .filter(one => one.scrollWidth > Math.min(one.clientWidth, innerWidth)); \
                      const out = wide.length === 0 ? [] : [...document.querySelectorAll('main *')]\
                          .filter(one => one.getBoundingClientRect().right > innerWidth)\
                          .slice(0, 3).map(one => one.outerHTML.slice(0, 160)); \
                      return wide.map(one => `${one.tagName}: ${one.scrollWidth} in ${one.clientWidth}`).concat(out)";
        texts(&self.run(script).await)
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}
