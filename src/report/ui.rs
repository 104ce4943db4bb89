//! What reports say, as data: one table of phrases a language.
//!
//! A phrase is named `section.key` and may hold `{places}`. A test keeps the languages' keys and places equal, so
//! that a report is as complete in one as in another.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The phrases of one language.
#[derive(Debug)]
pub struct Ui {
    tag: &'static str,
    phrases: BTreeMap<String, String>,
}

/// The languages reports speak, the default first.
pub static LANGUAGES: LazyLock<Vec<Ui>> = LazyLock::new(|| {
    vec![
        Ui::read("en", include_str!("ui/en.toml")),
        Ui::read("zh-Hant", include_str!("ui/zh-Hant.toml")),
        Ui::read("zh-Hans", include_str!("ui/zh-Hans.toml")),
    ]
});

impl Ui {
    /// The phrases of a language; `None` where reports do not speak it.
    pub fn find(tag: &str) -> Option<&'static Ui> {
        LANGUAGES.iter().find(|ui| ui.tag.eq_ignore_ascii_case(tag))
    }

    /// English.
    pub fn english() -> &'static Ui {
        &LANGUAGES[0]
    }

    /// The language's BCP 47 tag.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// A phrase; its name where there is none, which a test rules out.
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        self.phrases.get(name).map_or(name, String::as_str)
    }

    /// A phrase that not every name has.
    pub fn find_text(&self, name: &str) -> Option<&str> {
        self.phrases.get(name).map(String::as_str)
    }

    /// A phrase with its places filled. What fills a place is not read for places again.
    pub fn fill(&self, name: &str, places: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.text(name);
        while let Some(open) = rest.find('{') {
            filled.push_str(&rest[..open]);
            let after = &rest[open + 1..];
            let known = after.find('}').and_then(|close| {
                let value = places.iter().find(|(place, _)| *place == &after[..close])?;
                Some((value.1, &after[close + 1..]))
            });
            match known {
                Some((value, tail)) => {
                    filled.push_str(value);
                    rest = tail;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled + rest
    }

    /// A reason or message as judged, in this language. The record says it in English; what no phrase of `[said]`
    /// matches stays as it is.
    pub fn reason(&self, said: &str) -> String {
        let english = Ui::english();
        if std::ptr::eq(self, english) {
            return said.to_owned();
        }
        let patterns = english.phrases.iter().filter(|(name, _)| name.starts_with("said."));
        let matched = patterns.filter_map(|(name, pattern)| Some((name, pattern.len(), taken(pattern, said)?)));
        // The longest pattern is the one that says most.
        let Some((name, _, places)) = matched.max_by_key(|(_, length, _)| *length) else { return said.to_owned() };
        let places: Vec<(&str, String)> = places
            .into_iter()
            .map(|(place, value)| (place, if place == "error" { self.error(value) } else { value.to_owned() }))
            .collect();
        let places: Vec<(&str, &str)> = places.iter().map(|(place, value)| (*place, value.as_str())).collect();
        self.fill(name, &places)
    }

    /// A class of error in this language.
    pub fn error(&self, name: &str) -> String {
        self.find_text(&format!("error.{name}")).unwrap_or(name).to_owned()
    }

    /// Joins a list as the language does.
    pub fn list<S: AsRef<str>>(&self, entries: &[S]) -> String {
        let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
        entries.join(self.text("join.list"))
    }

    /// Reads a shipped table; one that is no table of tables of strings has no phrases, which a test rules out.
    fn read(tag: &'static str, source: &str) -> Ui {
        let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(source).unwrap_or_default();
        let phrases = sections
            .into_iter()
            .flat_map(|(section, keys)| keys.into_iter().map(move |(key, text)| (format!("{section}.{key}"), text)))
            .collect();
        Ui { tag, phrases }
    }
}

/// What stands in a pattern's places in a text that fits it from end to end; of several fits the one whose earlier
/// places are shortest.
fn taken<'p, 't>(pattern: &'p str, text: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
    let Some((literal, rest)) = pattern.split_once('{') else { return (pattern == text).then(Vec::new) };
    let text = text.strip_prefix(literal)?;
    let (place, rest) = rest.split_once('}')?;
    let next = rest.split('{').next().unwrap_or_default();
    if rest.is_empty() {
        return (!text.is_empty()).then(|| vec![(place, text)]);
    }
    for (end, _) in text.match_indices(next).filter(|(end, _)| *end > 0) {
        if let Some(mut more) = taken(rest, &text[end..]) {
            more.insert(0, (place, &text[..end]));
            return Some(more);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(place, _)| place).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn languages_have_the_same_phrases_and_places() {
        let english = Ui::english();
        assert!(english.phrases.len() > 50);
        for ui in LANGUAGES.iter() {
            assert_eq!(english.phrases.keys().collect::<Vec<_>>(), ui.phrases.keys().collect::<Vec<_>>(), "{}", ui.tag);
            for (name, text) in &english.phrases {
                assert_eq!(places(text), places(ui.text(name)), "{} in {}", name, ui.tag);
            }
        }
    }

    #[test]
    fn every_phrase_that_the_code_names_exists() {
        // Names are written as `ui.text("a.b")` and `ui.fill("a.b", …)`; dynamic ones are built from enums tested elsewhere.
        let sources = [
            include_str!("view/mod.rs"),
            include_str!("view/table.rs"),
            include_str!("view/notes.rs"),
            include_str!("view/verdict.rs"),
            include_str!("view/gates.rs"),
            include_str!("view/groups.rs"),
            include_str!("view/slices.rs"),
            include_str!("view/findings.rs"),
            include_str!("github.rs"),
            include_str!("junit.rs"),
            include_str!("html/mod.rs"),
            include_str!("html/article.rs"),
            include_str!("html/overview.rs"),
            include_str!("html/facts.rs"),
            include_str!("html/index.rs"),
            include_str!("html/systems.rs"),
            include_str!("html/since.rs"),
            include_str!("html/comparison.rs"),
            include_str!("view/since.rs"),
            include_str!("markdown/since.rs"),
            include_str!("markdown/comparison.rs"),
            include_str!("terminal/since.rs"),
            include_str!("terminal/item.rs"),
            include_str!("terminal.rs"),
            include_str!("markdown.rs"),
        ];
        let mut named = 0;
        for source in sources {
            for call in ["text(\"", "fill(\""] {
                for part in source.split(call).skip(1) {
                    let name = part.split('"').next().unwrap_or_default();
                    assert!(Ui::english().phrases.contains_key(name), "no phrase {name}");
                    named += 1;
                }
            }
        }
        assert!(named > 30, "{named}");
    }

    #[test]
    fn reasons_are_said_in_the_reports_language() {
        let ui = Ui::find("zh-Hant").expect("a language that reports speak");
        assert_eq!(
            ui.reason("\"12億6,000萬元\" where the claim has \"1億2,600萬元\" (magnitude)"),
            "「12億6,000萬元」，而事實為「1億2,600萬元」（數量級）"
        );
        assert_eq!(ui.reason("14 % of its content stands together at most"), "其內容至多有 14 % 出現在一處");
        assert_eq!(ui.reason("a reason that no phrase knows"), "a reason that no phrase knows");
        assert_eq!(Ui::english().reason("told of another: \"x\""), "told of another: \"x\"");
    }

    #[test]
    fn a_pattern_gives_what_stands_in_its_places() {
        assert_eq!(taken("{a} is {b}", "x is y is z"), Some(vec![("a", "x"), ("b", "y is z")]));
        assert_eq!(taken("\"{a}\" is said of it", "\"q\" is\" is said of it"), Some(vec![("a", "q\" is")]));
        assert_eq!(taken("{a} is", " is"), None);
        assert_eq!(taken("plain", "plain"), Some(vec![]));
    }

    #[test]
    fn a_filled_place_is_not_read_again() {
        let ui = Ui::english();
        assert_eq!(
            ui.fill("verdict.next", &[("system", "{value}@v1"), ("value", "81 %")]),
            "next is {value}@v1 with 81 %"
        );
    }
}
