//! Names that somebody chose to break a window with: markup, other directions of writing, and as long as they may look.

use std::fmt::Write;

/// The workspace's.
pub(crate) const NAME: &str = "<script>alert(1)</script> & Söhne Ľubomír Associates GmbH Co";
/// The most that a plan can bring.
pub(crate) const ALLOWANCE: u64 = 1_000_000_000;
/// How many features its catalogue has.
const FEATURES: usize = 40;

/// Who works there.
pub(crate) const MEMBERS: [&str; 6] = [
    "<script>alert('member')</script>",
    "يوسف بن عبد الرحمن الحسيني",
    "שלומית בן־דוד־אלמגור",
    "<img src=x onerror=alert('member')>",
    "Wolfeschlegelsteinhausenbergerdorff-Maximilianstaetter-Hubert",
    "\u{202e}gnihtemos\u{202c} 👩🏽\u{200d}🚀",
];

/// Through what the work came.
pub(crate) const CHANNELS: [&str; 3] =
    ["<b>chat</b>", "دردشة", "a-channel-whose-name-has-no-place-to-break-at-all-and-goes-on"];

/// A feature's id.
pub(crate) fn feature(number: usize) -> String {
    format!("feature-{number:02}")
}

/// What a feature is called: every seventh by something nasty, the others by 60 letters.
fn name_of(number: usize) -> String {
    match number % 7 {
        1 => format!("<img src=x onerror=alert({number})>"),
        2 => format!("הצעות תשובה אוטומטיות {number} (בטא)"),
        3 => format!("ملخصات المحادثات {number} — \"تجريبي\""),
        4 => format!("\"><script>alert({number})</script>"),
        _ => {
            let name =
                format!("Feature {number:02} that is called by many words, more than fit into a row of any table");
            name.chars().take(60).collect()
        }
    }
}

/// A catalogue with all of them, as its provider would write it.
pub(crate) fn catalogue() -> String {
    let mut text = String::from(
        "schema = 1\nid = \"hostile\"\nname = \"<b>Provider</b> & Sons, whose name is longer than any column is wide\"\n\
         revision = 1\ncurrency = \"KWD\"\nrefresh = \"calendar_month\"\npacks_name = \"<i>Packs</i>\"\n",
    );
    for number in 0..FEATURES {
        let (id, name, rate) = (feature(number), name_of(number).replace('"', "\\\""), 1 + number * 37);
        let automation = number % 5 == 0;
        write!(
            text,
            "[[feature]]\nid = \"{id}\"\nname = \"{name}\"\ngroup = \"group-{}\"\nrate = {rate}\nautomation = {automation}\n\
             assumed = {}\n",
            number % 6,
            number % 2 == 1,
        )
        .unwrap();
    }
    text += "[[plan]]\nid = \"most\"\nname = \"<u>Most</u> that a plan can be called without being cut off somewhere\"\n\
             price = \"custom\"\nallowance = \"custom\"\n";
    text += "[[pack]]\nid = \"pack\"\nname = \"<img src=x onerror=alert('pack')> 10,000,000 credits in one pack\"\n\
             credits = 10000000\nprice = 123456789\nassumed = true\n";
    text += "[group]\n";
    for (number, name) in
        ["<s>One</s>", "قراءة", "תשובות", "Four", "Five", "Six that has a name of many words, too"].iter().enumerate()
    {
        writeln!(text, "group-{number} = \"{name}\"").unwrap();
    }
    text + "[warnings]\nused_percent = [50, 90]\nlow_percent = 20\n"
}
