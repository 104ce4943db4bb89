//! What reports say, as data: one table of phrases a language.
//!
//! A phrase is named `section.key` and may hold `{places}`. A test keeps the languages' keys and places equal, so
//! that a report is as complete in one as in another.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use unicode_width::UnicodeWidthChar;

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
                    // Chinese phrases set names off by a space, which a Chinese name does without.
                    if value.starts_with(is_wide)
                        && filled.strip_suffix(' ').is_some_and(|before| before.ends_with(is_wide))
                    {
                        filled.pop();
                    }
                    filled.push_str(value);
                    let close =
                        tail.strip_prefix(' ').filter(|after| value.ends_with(is_wide) && after.starts_with(is_wide));
                    rest = close.unwrap_or(tail);
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled + rest
    }

    /// A phrase with a number `{n}`: where that is one, by the phrase of the same name with `_one`, where there is such.
    pub fn count(&self, name: &str, n: u64) -> String {
        let one = format!("{name}_one");
        let name = if n == 1 && self.find_text(&one).is_some() { &one } else { name };
        self.fill(name, &[("n", &n.to_string())])
    }

    /// A reason as judged, in this language. The record says it in English; what no phrase of `[said]` matches stays as it
    /// is.
    pub fn reason(&self, said: &str) -> String {
        self.said("said.", said, |_| true).unwrap_or_else(|| said.to_owned())
    }

    /// A gate's rule or message in this language, likewise by `[gate_said]`. A message may be several, parted by `; `.
    pub fn gate(&self, said: &str) -> String {
        // A place does not reach over the end of a clause, but for one that may hold several.
        let within = |places: &[(&str, &str)]| places.iter().all(|(place, is)| *place == "said" || !is.contains("; "));
        let whole = |said: &str| self.said("gate_said.", said, within);
        if let Some(said) = whole(said) {
            return said;
        }
        let clauses: Vec<&str> = said.split("; ").collect();
        let told: Vec<Option<String>> = clauses.iter().map(|clause| whole(clause)).collect();
        if told.iter().all(Option::is_none) {
            return said.to_owned();
        }
        let told: Vec<String> =
            told.into_iter().zip(clauses).map(|(told, clause)| told.unwrap_or_else(|| clause.to_owned())).collect();
        told.join(self.text("join.clause"))
    }

    /// That a person ruled, and what the matcher had said.
    pub fn ruled(&self, by: &str, matcher: &str) -> String {
        let verdict = self.find_text(&format!("html.{matcher}")).unwrap_or(matcher);
        self.fill("findings.ruled", &[("by", by), ("matcher", verdict)])
    }

    /// What a text of the record says in this language, by the English phrases of a section as patterns.
    fn said(&self, section: &str, said: &str, fits: impl Fn(&[(&str, &str)]) -> bool) -> Option<String> {
        let english = Ui::english();
        if std::ptr::eq(self, english) {
            return Some(said.to_owned());
        }
        let patterns = english.phrases.iter().filter(|(name, _)| name.starts_with(section));
        let matched = patterns.filter_map(|(name, pattern)| {
            let places = taken(pattern, said).filter(|places| fits(places))?;
            Some((name, pattern.len(), places))
        });
        // The longest pattern is the one that says most.
        let (name, _, places) = matched.max_by_key(|(_, length, _)| *length)?;
        let of = |(place, value): (_, &str)| {
            let value = match place {
                "error" => self.error(value),
                "side" if value == english.text("since.baseline") => self.text("since.baseline").to_owned(),
                // A part that is a phrase itself.
                "said" | "also" => self.gate(value),
                _ => value.to_owned(),
            };
            (place, value)
        };
        let places: Vec<(&str, String)> = places.into_iter().map(of).collect();
        let places: Vec<(&str, &str)> = places.iter().map(|(place, value)| (*place, value.as_str())).collect();
        Some(self.fill(name, &places))
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

/// Whether a character takes two columns, as those of Chinese do.
fn is_wide(c: char) -> bool {
    c.width() == Some(2)
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
    fn gates_are_told_in_the_reports_language() {
        let said = |text: &str| Ui::find("zh-Hant").map(|ui| ui.gate(text));
        for (english, chinese) in [
            ("facts.recall is 0.7812, surely at least 0.6900", "facts.recall 為 0.7812，有把握不低於 0.6900"),
            (
                "0.0312 worse than the baseline (95 % interval -0.0100 to +0.0700, 15 articles); 2 new: so many articles cannot \
                 tell whether that is within the bound",
                "比基準差 0.0312（95 % 區間 -0.0100 至 +0.0700，15 篇文章）；新增 2 篇：篇數不足以判斷是否在容許範圍內",
            ),
            ("unchanged over 12 articles; 1 new", "12 篇文章均無變化；新增 1 篇"),
            (
                "0.5000 better than lead (1 article, too few for an interval); only 1 of the 9 articles that lead has are in the run",
                "比lead好 0.5000（1 篇文章，太少而沒有區間）；lead的 9 篇文章中只有 1 篇在這次執行之內",
            ),
            (
                "3 new over 14 articles; 1 left out, whose source text changed: summit/a",
                "14 篇文章中新增 3 處；另有 1 篇原文已變動，不列入：summit/a",
            ),
            (
                "1 article and 2 facts of the baseline gone; `epitome accept` takes that over",
                "基準中的 1 篇文章與 2 條事實已不存在；`epitome accept` 可承認此變動",
            ),
            (
                "rouge1 was computed otherwise for the baseline: rev:2 now, rev:1 then",
                "rouge1 與基準的算法不同：現在為 rev:2，當時為 rev:1",
            ),
            (
                "facts.recall[pledges] drops by at most 0.02 against lead",
                "facts.recall[pledges] 與 lead 相比至多下降 0.02",
            ),
            (
                "no fact is newly contradicted[pledges] (in 2 of 3 samples) against lead",
                "沒有新牴觸的事實 [pledges]（2 of 3 個樣本）（與 lead 相比）",
            ),
            ("facts.recall >= 0.7", "facts.recall >= 0.7"),
            ("a message that no phrase knows; and another", "a message that no phrase knows; and another"),
        ] {
            assert_eq!(said(english).as_deref(), Some(chinese));
        }
        assert_eq!(Ui::english().gate("unchanged over 12 articles; 1 new"), "unchanged over 12 articles; 1 new");
    }

    #[test]
    fn a_pattern_gives_what_stands_in_its_places() {
        assert_eq!(taken("{a} is {b}", "x is y is z"), Some(vec![("a", "x"), ("b", "y is z")]));
        assert_eq!(taken("\"{a}\" is said of it", "\"q\" is\" is said of it"), Some(vec![("a", "q\" is")]));
        assert_eq!(taken("{a} is", " is"), None);
        assert_eq!(taken("plain", "plain"), Some(vec![]));
    }

    #[test]
    fn a_chinese_name_needs_no_space_in_a_chinese_phrase() {
        let ui = Ui::find("zh-Hant").expect("a language that reports speak");
        let told = |first| ui.fill("since.all_same", &[("first", first)]);
        assert_eq!(told("基準"), "與基準相比，事實與數字均無變化。");
        assert_eq!(told("draft@v1"), "與 draft@v1 相比，事實與數字均無變化。");
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
