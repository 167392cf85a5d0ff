//! The reference page: the document for people. One page without a script, and with nothing from elsewhere.

mod call;
mod part;
mod shape;

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::operation::{Operation, Topic};
use crate::html::escaped;

const STYLE: &str = include_str!("page.css");

/// What the page may do: show itself in its own style, and nothing else.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
});

/// The page of a document. Its operations say in which order they are shown.
pub(super) fn page(operations: &[Operation], document: &Value) -> String {
    let topics: Vec<(Topic, Vec<&Operation>)> = Topic::ALL
        .into_iter()
        .map(|topic| (topic, operations.iter().filter(|one| one.topic == topic).collect::<Vec<_>>()))
        .filter(|(_, operations)| !operations.is_empty())
        .collect();
    let mut menu = String::from("<ul><li><a href=\"#start\">Start here</a></li></ul>");
    let mut main = start(document);
    for (topic, operations) in &topics {
        let (name, anchor) = (topic.name(), topic_anchor(*topic));
        let description = document["tags"].as_array().into_iter().flatten().find(|tag| tag["name"] == name);
        let description = description.map(|tag| part::prose(&tag["description"])).unwrap_or_default();
        menu.push_str(&format!("<h2><a href=\"#{anchor}\">{name}</a></h2><ul>"));
        main.push_str(&format!("<section id=\"{anchor}\"><h2>{name}</h2>{description}"));
        for operation in operations {
            let method = operation.method.as_str();
            menu.push_str(&format!(
                "<li><a href=\"#{}\"><span>{}</span> {}</a></li>",
                operation.id,
                part::method(method),
                escaped(operation.summary)
            ));
            let told = &document["paths"][operation.path][method.to_ascii_lowercase()];
            main.push_str(&part::operation(operation, told, document));
        }
        menu.push_str("</ul>");
        main.push_str("</section>");
    }
    menu.push_str("<h2><a href=\"#types\">Types</a></h2>");
    main.push_str(&types(document));
    let title = escaped(document["info"]["title"].as_str().unwrap_or_default());
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} · API</title><style>{STYLE}</style></head><body>\
         <a class=\"skip\" href=\"#start\">Skip to the content</a>\
         <header><p><strong>{title}</strong> API v1</p><a href=\"/openapi.json\">openapi.json</a></header>\
         <div class=\"columns\"><nav aria-label=\"Operations\"><details class=\"menu\"><summary>Operations</summary>{menu}\
         </details><div class=\"menu\">{menu}</div></nav><main>{main}</main></div></body></html>"
    )
}

fn start(document: &Value) -> String {
    format!(
        "<section id=\"start\"><h1>API reference</h1>{}<h3>Commands on this page</h3><p>They need the service's address and \
         a token:</p><pre><code>export SERVICE=http://127.0.0.1:8787\nexport TOKEN=cdk_…</code></pre></section>",
        part::prose(&document["info"]["description"])
    )
}

fn types(document: &Value) -> String {
    let mut html = String::from("<section id=\"types\"><h2>Types</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        html.push_str(&format!(
            "<article id=\"type-{0}\"><h3><code>{0}</code></h3>{1}{2}</article>",
            escaped(name),
            part::prose(&schema["description"]),
            shape::shape(schema)
        ));
    }
    html.push_str("</section>");
    html
}

fn topic_anchor(topic: Topic) -> String {
    topic.name().to_ascii_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html() -> String {
        crate::openapi::reference().to_owned()
    }

    #[test]
    fn every_link_on_the_page_leads_somewhere() {
        let html = html();
        let links: Vec<&str> =
            html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
        assert!(links.len() > 100);
        for link in links {
            match link.strip_prefix('#') {
                Some(anchor) => assert_eq!(html.matches(&format!("id=\"{anchor}\"")).count(), 1, "{link}"),
                None => assert_eq!(link, "/openapi.json"),
            }
        }
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_runs() {
        let html = html();
        for foreign in ["<script", "<img", "<link", "<iframe", "src=", "style=", "@import", "url(", " on"] {
            let found = html.match_indices(foreign).filter(|(at, _)| html[..*at].rfind('<') > html[..*at].rfind('>'));
            assert_eq!(found.count(), 0, "{foreign}");
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        assert!(html.contains(&format!("<style>{STYLE}</style>")));
    }

    #[test]
    fn every_operation_is_shown_with_its_roles_and_problems() {
        let html = html();
        for operation in crate::routes::operations() {
            let start = html.find(&format!("<article id=\"{}\">", operation.id)).expect(operation.id);
            let article = html[start..].split("</article>").next().unwrap_or_default();
            assert!(article.contains(operation.path), "{}", operation.id);
            for code in operation.problems() {
                assert!(article.contains(&format!("<code>{}</code>", code.as_str())), "{} {code:?}", operation.id);
            }
            for answer in &operation.answers {
                assert!(article.contains(&answer.status.as_u16().to_string()), "{}", operation.id);
            }
        }
    }
}
