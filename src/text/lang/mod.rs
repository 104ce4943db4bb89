//! Languages: detection, scripts, defaults.

mod counterpart;
mod english;

use crate::model::Lang;
use crate::text::script::{self, Script};

pub use counterpart::of_counterpart;

/// The language of a text that does not say: `zh-Hant`, `zh-Hans`, `ja`, `ko`, `th`, `en`, …; `und` where there is
/// nothing to go by.
pub fn detect(text: &str) -> Lang {
    Lang::new(detect_tag(text))
}

/// The tag that [`detect`] finds, for who makes no [`Lang`] of each.
pub fn detect_tag(text: &str) -> &'static str {
    if english::is_plain(text) {
        return "en";
    }
    let sample: String = text.chars().take(2000).collect();
    let (mut han, mut kana, mut hangul, mut letters) = (0usize, 0usize, 0usize, 0usize);
    for c in sample.chars() {
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' => hangul += 1,
            c if script::is_han(c) => han += 1,
            c if c.is_alphabetic() => letters += 1,
            _ => {}
        }
    }
    if kana * 20 > han + kana && kana > 0 && han + kana > letters / 4 {
        return "ja";
    }
    if hangul > 0 && hangul * 3 > han + letters / 4 {
        return "ko";
    }
    if han > 0 && han * 4 >= letters {
        return match script::detect(&sample) {
            Script::Hant => "zh-Hant",
            Script::Hans => "zh-Hans",
            Script::Mixed | Script::Common => "zh",
        };
    }
    if letters == 0 {
        return "und";
    }
    // Short Latin texts are where trigram detection errs most; our users' Latin text is English.
    match whatlang::detect(&sample) {
        Some(info) if info.is_reliable() => short_code(info.lang().code()),
        Some(info) if info.script() == whatlang::Script::Latin => "en",
        Some(info) => short_code(info.lang().code()),
        None => "und",
    }
}

/// The two-letter code of a language, where it has one; else the three-letter code.
fn short_code(code: &'static str) -> &'static str {
    const SHORT: &[(&str, &str)] = &[
        ("eng", "en"),
        ("cmn", "zh"),
        ("jpn", "ja"),
        ("kor", "ko"),
        ("tha", "th"),
        ("fra", "fr"),
        ("deu", "de"),
        ("spa", "es"),
        ("por", "pt"),
        ("ita", "it"),
        ("nld", "nl"),
        ("rus", "ru"),
        ("ukr", "uk"),
        ("vie", "vi"),
        ("ind", "id"),
        ("ara", "ar"),
        ("pes", "fa"),
        ("heb", "he"),
        ("hin", "hi"),
        ("ben", "bn"),
        ("tur", "tr"),
        ("pol", "pl"),
        ("ces", "cs"),
        ("swe", "sv"),
        ("dan", "da"),
        ("fin", "fi"),
        ("ell", "el"),
        ("hun", "hu"),
        ("ron", "ro"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("hrv", "hr"),
        ("tam", "ta"),
        ("tel", "te"),
        ("urd", "ur"),
        ("mar", "mr"),
        ("guj", "gu"),
        ("mya", "my"),
        ("khm", "km"),
        ("lat", "la"),
    ];
    SHORT.iter().find(|(long, _)| *long == code).map_or(code, |(_, short)| short)
}

/// The Chinese script that a tag implies, by its script subtag or else its region.
pub fn script_of(lang: &Lang) -> Option<Script> {
    match lang.script().as_deref() {
        Some("Hant") => return Some(Script::Hant),
        Some("Hans") => return Some(Script::Hans),
        _ => {}
    }
    if lang.language() != "zh" {
        return None;
    }
    match lang.region().as_deref() {
        Some("TW" | "HK" | "MO") => Some(Script::Hant),
        Some("CN" | "SG" | "MY") => Some(Script::Hans),
        _ => None,
    }
}

/// Whether two tags name the same language, whatever the script and region.
pub fn same_language(a: &Lang, b: &Lang) -> bool {
    a.language() == b.language()
}
