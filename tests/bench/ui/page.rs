//! What is measured inside the page: by its own clock, from what a person does to the frame after which it is on screen.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Window, web};

/// Changes of rooms and ranges, and new entries, that count.
const CHANGES: usize = 60;
const ENTRIES: usize = 40;

/// Tools in the page: `until` looks at every change of the document, `painted` is after the frame that shows it.
const TOOLS: &str = "
    window.until ??= (is) => new Promise((resolve) => {
        if (is()) return resolve();
        const watch = new MutationObserver(() => { if (is()) { watch.disconnect(); resolve(); } });
        watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    window.painted ??= () => new Promise((resolve) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { port1.close(); resolve(); };
        port2.postMessage(0);
    }));
    window.rest ??= (ms) => new Promise((resolve) => setTimeout(resolve, ms));
";

async fn measured(window: &Window, script: &str) -> Vec<f64> {
    let answer = window.run_later(&format!("{TOOLS} (async () => {{ {script} }})()")).await;
    answer.as_array().unwrap_or_else(|| panic!("no measures: {answer}")).iter().filter_map(Value::as_f64).collect()
}

/// From a click on another room to that room with its numbers, painted.
pub(crate) async fn rooms(window: &Window) -> Vec<f64> {
    let script = format!(
        "const shows = {{
            overview: () => document.querySelector('[data-testid=room][data-room=overview] [data-testid=available]')
                && document.querySelector('[data-testid=room][data-room=overview] [data-testid=chart] svg'),
            usage: () => document.querySelector('[data-testid=room][data-room=usage] [data-testid=chart] svg')
                && document.querySelector('[data-testid=room] [data-testid=usage-table] tbody tr'),
            ledger: () => document.querySelectorAll('[data-testid=room][data-room=ledger] [data-testid=entries] [data-seq]').length > 10,
        }};
        const times = [];
        for (let turn = 0; turn < {CHANGES}; turn++) {{
            const room = ['usage', 'ledger', 'overview'][turn % 3];
            const begin = performance.now();
            document.querySelector(`[data-testid=nav-${{room}}]`).click();
            await until(shows[room]);
            await painted();
            // The first time each room is opened it is compiled; it counts like any other.
            times.push(performance.now() - begin);
            await rest(150);
        }}
        done(times);"
    );
    measured(window, &script).await
}

/// Changes of the range.
pub(crate) struct Ranges {
    /// From a click on another range to its chart, painted; most were asked for before.
    pub(crate) back_and_forth: Vec<f64>,
    /// The same to ranges that nobody has asked for in the same way.
    pub(crate) new: Vec<f64>,
}

/// Goes back and forth between ranges, and then to each in ways that are new.
pub(crate) async fn ranges(window: &Window) -> Ranges {
    window.click("[data-testid=nav-usage]").await;
    window.wait_for("[data-testid=room] [data-testid=chart] svg").await;
    let change = "const change = async (act) => {
            const picture = document.querySelector('[data-testid=room] [data-testid=chart] svg').parentNode;
            const begin = performance.now();
            act();
            await new Promise((resolve) => {
                const watch = new MutationObserver(() => { watch.disconnect(); resolve(); });
                watch.observe(picture, { subtree: true, childList: true, attributes: true, characterData: true });
            });
            await painted();
            times.push(performance.now() - begin);
            await rest(150);
        };
        const ranges = ['7d', '12m', '30d', '90d', 'this_period'];
        const times = [];";
    let back_and_forth = format!(
        "{change}
        for (let turn = 0; turn < {CHANGES}; turn++) {{
            await change(() => document.querySelector(`[data-testid=room] input[type=radio][value='${{ranges[turn % 5]}}']`).click());
        }}
        done(times);"
    );
    let new = format!(
        "{change}
        for (const how of ['shape=bars', 'by=feature', 'by=feature&shape=bars', 'compare=1', 'compare=1&shape=bars']) {{
            for (const range of ranges) await change(() => {{ location.hash = `#/usage?range=${{range}}&${{how}}`; }});
        }}
        done(times);"
    );
    Ranges { back_and_forth: measured(window, &back_and_forth).await, new: measured(window, &new).await }
}

/// From reporting work to the service to the new balance, painted.
pub(crate) async fn entries(window: &Window, url: &str, workspace: &str, token: &str) -> Vec<f64> {
    window.click("[data-testid=nav-overview]").await;
    window.wait_for("[data-testid=available]").await;
    let client = web();
    let mut times = Vec::new();
    let run = std::process::id();
    for number in 0..ENTRIES {
        let watch = format!(
            "{TOOLS} window.__answers = []; const shown = () => document.querySelector('[data-testid=available]')?.dataset.value; \
             const before = shown(); \
             until(() => shown() !== before).then(painted).then(() => window.__answers.push(Date.now()));"
        );
        window.run(&watch).await;
        let event = json!({
            "specversion": "1.0", "type": wire::event::TYPE, "source": "bench", "id": format!("{run}-{number}"),
            "data": { "feature": "summary", "units": 1 },
        });
        let begin = window.run("return Date.now()").await.as_f64().unwrap();
        let answer = client
            .post(format!("{url}/v1/workspaces/{workspace}/usage"))
            .bearer_auth(token)
            .header("content-type", wire::event::STRUCTURED)
            .body(event.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap_or_default());
        let answers = window.wait_until("return window.__answers", |answers| *answers != json!([])).await;
        times.push(answers[0].as_f64().unwrap() - begin);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    times
}

/// Frames while the ledger is scrolled.
pub(crate) struct Scroll {
    /// Frames a second while it is scrolled.
    pub(crate) frames: f64,
    /// Frames a second of a bare scroller with as much text in as large an area of the same window.
    pub(crate) bare: f64,
    /// The part of frames in which no row was missing.
    pub(crate) whole: f64,
}

/// Scrolls the ledger as a wheel does, by some rows a frame.
pub(crate) async fn scroll(window: &Window) -> Scroll {
    window.click("[data-testid=nav-ledger]").await;
    window.wait_for("[data-testid=entries] [data-seq]").await;
    let script = "
        const list = document.querySelector('[data-testid=room] [data-testid=entries]');
        const frames = (ms, each) => new Promise((resolve) => {
            let count = 0;
            const begin = performance.now();
            const frame = (now) => {
                each();
                count++;
                if (now - begin < ms) requestAnimationFrame(frame);
                else resolve((count - 1) / (now - begin) * 1000);
            };
            requestAnimationFrame(frame);
        });
        await rest(500);
        let whole = 0, all = 0;
        const moving = await frames(4000, () => {
            list.scrollTop += 60;
            const rows = list.querySelectorAll('[role=row]').length;
            const read = list.querySelectorAll('[data-seq]').length;
            all++;
            if (read >= rows - 1) whole++;
        });
        const { left, top, width, height } = list.getBoundingClientRect();
        const lines = [...list.querySelectorAll('[data-seq]')].map((row) => row.innerText.replace(/\\s+/g, ' '));
        const bare = document.createElement('div');
        Object.assign(bare.style, { position: 'fixed', left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`, overflow: 'auto', background: 'white' });
        for (let row = 0; row < 1000; row++) {
            const line = document.createElement('div');
            line.style.height = '32px';
            line.textContent = lines[row % lines.length];
            bare.append(line);
        }
        document.body.replaceChildren(bare);
        await rest(500);
        const least = await frames(4000, () => { bare.scrollTop += 60; });
        done([moving, whole / all, least]);";
    let found = measured(window, script).await;
    Scroll { frames: found[0], whole: found[1], bare: found[2] }
}
