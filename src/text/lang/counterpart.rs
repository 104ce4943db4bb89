//! The language of a text that should be in a known one.

use std::borrow::Cow;

use super::{detect, english, same_language};
use crate::model::Lang;

/// Letters under which the trigrams of a Latin text are not to be trusted against a tag.
const ENOUGH: usize = 120;

/// The language of a text whose counterpart (its reference, its source) is in `lang`: that one, unless the text itself
/// speaks clearly for another.
///
/// Detection errs on short texts, on names and on figures; taking it at its word would call many a summary foreign.
/// Another script is clear, as are function words of English and, for long texts, trigrams.
pub fn of_counterpart<'a>(text: &str, lang: &'a Lang) -> Cow<'a, Lang> {
    let english = lang.as_str().split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("en"));
    if english && text.is_ascii() && text.len() < ENOUGH {
        return Cow::Borrowed(lang);
    }
    if english::is_plain(text) {
        return if english { Cow::Borrowed(lang) } else { Cow::Owned(Lang::new("en")) };
    }
    let expected = lang.language();
    let found = detect(text);
    let language = found.language();
    // Japanese may be written in kanji alone; whatever Latin text is not plainly English was only guessed to be.
    let unclear = language == "und" || language == "en" && expected != "zh" || language == "zh" && expected == "ja";
    if unclear || same_language(&found, lang) {
        return Cow::Borrowed(lang);
    }
    let latin = text.chars().filter(|c| c.is_alphabetic() && *c < '\u{250}').count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let short = latin * 2 > letters && letters < ENOUGH;
    let latin_expected = !matches!(
        expected.as_str(),
        "zh" | "ja" | "ko" | "th" | "ru" | "uk" | "bg" | "el" | "ar" | "fa" | "he" | "hi" | "ta" | "te" | "bn" | "ur"
    );
    if short && latin_expected { Cow::Borrowed(lang) } else { Cow::Owned(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_in_its_counterparts_language_unless_it_says_otherwise() {
        let of = |text: &str, lang: &str| of_counterpart(text, &Lang::new(lang)).as_str().to_owned();
        assert_eq!(of("Boeing, Airbus: 737 MAX", "en-GB"), "en-GB");
        assert_eq!(of("上合峰會於天津舉行", "en"), "zh-Hant");
        assert_eq!(of("The leaders met and agreed on the loans.", "zh-TW"), "en");
        assert_eq!(of("2025", "zh-TW"), "zh-TW");
        assert_eq!(of("Tianjin", "fr"), "fr");
        assert_eq!(of("東京都知事選挙", "ja"), "ja");
        let french = "Le ministre a annoncé que les prix du gaz ne seront pas relevés avant la fin de l'année, malgré la \
                      hausse des cours et les demandes répétées des entreprises du secteur de l'énergie.";
        assert_eq!(of(french, "en"), "fr");
    }
}
