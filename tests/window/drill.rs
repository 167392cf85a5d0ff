//! From a number to the entries behind it.

use serde_json::{Value, json};

use crate::harness::{Home, Window};

/// The credits of every entry in the list, added up. Only rows in the window are there, so that it is scrolled through.
async fn sum_of_rows(window: &Window) -> (usize, i64) {
    let script = "const grid = document.querySelector('[data-testid=room] [data-testid=entries]'); const rows = new Map(); \
                  const read = () => { for (const row of grid.querySelectorAll('[data-seq]')) \
                      rows.set(row.dataset.seq, Number(row.querySelector('.amount').innerText.replace('−', '-').replace(/[^0-9-]/g, ''))); }; \
                  grid.scrollTop = 0; \
                  const step = () => { read(); const at = grid.scrollTop; grid.scrollTop += 200; \
                      if (grid.scrollTop > at) setTimeout(step, 60); \
                      else { grid.scrollTop = 0; done([rows.size, [...rows.values()].reduce((sum, one) => sum + one, 0)]); } }; \
                  setTimeout(step, 60)";
    let found = window.run_later(script).await;
    (usize::try_from(found[0].as_u64().unwrap()).unwrap(), found[1].as_i64().unwrap())
}

/// The number after a name in what is said of a point.
fn number_of(said: &str, name: &str) -> i64 {
    let after = said.split_once(name).unwrap_or_else(|| panic!("{name} is not in: {said}")).1;
    let digits: String = after.chars().take_while(|c| !c.is_alphabetic()).filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number after {name} in: {said}"))
}

#[tokio::test]
async fn a_point_leads_to_its_entries_which_come_to_as_much() {
    let home = Home::new();
    let window = Window::open_still(&home).await;
    window.choose("Northwind Support").await;
    window.run("location.hash = '#/usage?range=7d&step=hour&shape=bars'").await;
    window.wait_for_room("usage").await;
    // The points of two days before: an hour of a working afternoon.
    window.run("document.querySelector('[data-testid=room] [data-testid=chart]').focus()").await;
    window.press("End").await;
    let said = "return document.querySelector('[data-testid=room] [data-testid=chart]').getAttribute('aria-valuetext')";
    let last = window.run(said).await.as_str().unwrap().to_owned();
    let mut spoken = last.clone();
    for _ in 0..30 {
        window.press("Left").await;
        spoken = window.run(said).await.as_str().unwrap().to_owned();
        if number_of(&spoken, "otal") > 0 && spoken != last {
            break;
        }
    }
    let wanted = number_of(&spoken, "otal");
    assert!(wanted > 0, "{spoken}");
    window.press("Enter").await;
    window.wait_for_room("ledger").await;
    let asked = window.asked().await;
    assert!(asked.contains("kind=usage") && asked.contains("from=") && asked.contains("to="), "{asked}");
    window.wait_for("[data-testid=found]").await;
    let (rows, sum) = sum_of_rows(&window).await;
    eprintln!("{spoken}: {rows} entries, {sum} credits");
    assert_eq!(-sum, wanted, "{spoken}");
    let said = window.text("[data-testid=found]").await;
    assert!(said.starts_with(&rows.to_string()), "{rows} rows, and it says: {said}");
}

#[tokio::test]
async fn a_click_on_a_bar_a_feature_and_an_entry_lead_on() {
    let home = Home::new();
    let window = Window::open_still(&home).await;
    window.choose("Northwind Support").await;
    // In the middle of a day's bar.
    window.run("location.hash = '#/usage?range=7d&step=day&shape=bars'").await;
    window.wait_for_room("usage").await;
    let chart = window.find("[data-testid=chart]").await;
    chart.click().await.unwrap();
    window.wait_for_room("ledger").await;
    let asked = window.asked().await;
    let instant = |name: &str| -> i64 {
        asked.split('&').find_map(|part| part.strip_prefix(name)).unwrap_or_else(|| panic!("{asked}")).parse().unwrap()
    };
    assert_eq!(instant("to=") - instant("from="), 86_400_000, "{asked}");

    window.go("overview").await;
    window.click("section[aria-labelledby=ranking] tbody a.behind").await;
    window.wait_for_room("ledger").await;
    let asked = window.asked().await;
    assert!(asked.contains("kind=usage") && asked.contains("feature="), "{asked}");
    let features = "return new Set([...document.querySelectorAll('[data-testid=room] [data-testid=entries] [data-seq]')].map(row => row.dataset.kind)).size";
    assert_eq!(window.run(features).await, json!(1));

    assert!(window.open_newest().await);
    let verdict = "return document.querySelector('[data-testid=entry-verdict]').dataset.verdict";
    window.wait_until(verdict, |verdict: &Value| *verdict == json!("agrees")).await;
    let said = window.text("[data-testid=entry-verdict]").await;
    assert!(said.contains("The rules give exactly this entry"), "{said}");
    // From the entry to the grant that paid for it.
    let paid = window.text("[data-testid=entry]").await;
    assert!(paid.contains("What paid for it"), "{paid}");
}
