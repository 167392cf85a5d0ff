use super::*;
use crate::fixtures::{look, theme};
use crate::labels;
use crate::{Colour, HeatMap, Size, heat_map};
use resvg::tiny_skia::ColorU8;
use resvg::usvg::Node;
use resvg::usvg::fontdb::Family;

fn chart() -> String {
    heat_map(&HeatMap { credits: [[7; 24]; 7] }, &look(Size { width: 320, height: 200 })).unwrap().svg
}

fn pixels_of(svg: &str, scale: f32) -> Pixmap {
    Pixmap::decode_png(&png(svg, scale).unwrap()).unwrap()
}

fn written(text: &str, font: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20"><text y="15" font-size="11" font-family='{font}'>{text}</text></svg>"#
    )
}

#[test]
fn a_picture_has_as_many_pixels_as_asked_for() {
    for (scale, size) in [(1.0, (320, 200)), (2.0, (640, 400)), (0.5, (160, 100))] {
        let picture = pixels_of(&chart(), scale);
        assert_eq!((picture.width(), picture.height()), size);
    }
    let picture = pixels_of(&chart(), 2.0);
    // All cells are as dark as the accent, and cells are most of the picture.
    let Colour { red, green, blue } = theme().accent;
    let accent = ColorU8::from_rgba(red, green, blue, 255);
    let dark = picture.pixels().iter().filter(|pixel| pixel.demultiply() == accent).count();
    assert!(dark > 640 * 400 / 2, "{dark}");
}

#[test]
fn what_is_no_picture_is_refused() {
    for svg in ["", "<svg", "<html/>", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"5\"/>"] {
        assert!(matches!(png(svg, 1.0), Err(ChartError::Draw(_))), "{svg}");
    }
    for scale in [0.0, -2.0, f32::NAN, f32::INFINITY, 1e-9, 1e9, 40.0] {
        assert!(matches!(png(&chart(), scale), Err(ChartError::Draw(_))), "{scale}");
    }
}

#[test]
fn text_is_drawn_in_the_typeface_that_is_built_in() {
    let ours = pixels_of(&written("Replies", "Inter"), 1.0);
    for font in [r#""Inter Variable", Inter"#, "system-ui, sans-serif", "Nothing Like It"] {
        assert!(pixels_of(&written("Replies", font), 1.0) == ours, "{font}");
    }
    for text in ["Replies", "Ответы", "Απαντήσεις", "Odpowiedzi ąężź", "1\u{202f}234", "Trả lời"]
    {
        let tree = Tree::from_str(&written(text, "Inter"), &options()).unwrap();
        let used = tree.fontdb().faces().count();
        assert_eq!(used, 2, "{text} needs other fonts");
        assert!(pixels_of(&written(text, "Inter"), 1.0).pixels().iter().any(|pixel| pixel.alpha() > 200), "{text}");
    }
}

#[test]
fn the_systems_fonts_are_only_for_letters_that_ours_lack() {
    let all = with_system_fonts();
    assert!(all.faces().count() >= 2);
    assert_eq!((all.family_name(&Family::SansSerif), all.family_name(&Family::Serif)), (FAMILY, FAMILY));
    for ours in built_in().faces() {
        assert!(all.face(ours.id).is_some_and(|face| face.post_script_name == ours.post_script_name));
    }
}

#[test]
fn letters_that_no_font_has_are_no_failure() {
    assert!(png(&written("\u{e0123} \u{10fffd} 会話", "Inter"), 1.0).is_ok());
}

#[test]
fn a_picture_loads_nothing() {
    // A red square, as a picture of its own.
    let inner = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiPjxyZWN0IHdpZHRoPSI5IiBo\
                 ZWlnaHQ9IjkiIGZpbGw9InJlZCIvPjwvc3ZnPg==";
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image width="9" height="9" href="data:image/svg+xml;base64,{inner}"/></svg>"#
    );
    assert!(pixels_of(&svg, 1.0).pixels().iter().all(|pixel| pixel.alpha() == 0));
}

#[test]
fn the_guess_of_a_texts_width_is_rather_too_wide() {
    let texts = [
        "0123456789",
        "12.5 k",
        "1,234,567",
        "Classification",
        "CONVERSATION SUMMARIES",
        "Wed 14 Nov, 09:00",
        "+2,500 Boost Pack",
        "Mmm Www Ooo Qqq",
        "…",
        "Ответы и классификация",
        "ЩУКА ЖЮРИ",
        "жюри мышь",
        "Απαντήσεις ΠΕΡΙΛΗΨΕΙΣ",
        "Größenänderungsaufträge ÄÖÜ",
        "Trả lời tự động",
        "50 % – 60 %",
    ];
    for weight in ["400", "600"] {
        for text in texts {
            let svg = written(text, "Inter").replace("<text", &format!("<text font-weight=\"{weight}\""));
            let tree = Tree::from_str(&svg, &options()).unwrap();
            let Some(Node::Text(found)) = tree.root().children().first() else { panic!("{text} is no text") };
            let real = f64::from(found.bounding_box().width());
            let guess = labels::width(text);
            assert!((real..=real * 1.3 + 1.0).contains(&guess), "{text} in {weight}: {guess} for {real}");
        }
    }
}
