//! Words by Unicode's segmentation (UAX #29), with dictionaries for the scripts that write no spaces (Japanese,
//! Thai, Lao, Khmer, Burmese).
//!
//! The default where a language has no tokenizer of its own. Tokens are lowercased; what is neither letter nor digit
//! is dropped.

use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::{Sink, Tokenizer, letters_and_digits};

/// Entry.
pub(super) static TOKENIZER: Tokenizer = Tokenizer {
    name: "unicode",
    about: "words by Unicode's segmentation, lowercased; the default for other languages (ja, ko, th, fr, …)",
    source: "UAX #29 as ICU4X 2 segments it",
    examples: &["L'été à 3.5 °C", "東京都に住んでいる", "서울에 산다", "ภาษาไทยง่าย"],
    depends: || Some("icu4x-2".to_owned()),
    cut,
};

static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

fn cut(line: &str, sink: &mut Sink<'_>) {
    let (mut seen, mut kept) = (0, 0);
    let mut start = 0;
    for (end, kind) in SEGMENTER.segment_str(line).iter_with_word_type() {
        let segment = &line[start..end];
        start = end;
        if segment.is_empty() {
            continue;
        }
        let letters = letters_and_digits(segment);
        seen += letters;
        if kind.is_word_like() || letters > 0 {
            kept += letters;
            sink.lowercase(segment);
        }
    }
    sink.count(seen, kept);
}
