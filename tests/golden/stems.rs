//! nltk 3.10.4's Porter stemmer in its three modes.

use epitome::text::token::porter::{Stemmer, Variant};

use super::lines;

/// Word, NLTK, Martin, original, ROUGE-1.5.5 with the exception DB, with an empty one, whether it is in the DB.
type Row = (String, String, String, String, String, String, u8);

#[test]
fn stems_are_nltks() {
    let rows: Vec<Row> = lines("stems.jsonl");
    assert_eq!(rows.len(), 17_971);
    let mut stemmers = [Variant::Nltk, Variant::Martin, Variant::Original].map(Stemmer::new);
    for (word, nltk, martin, original, ..) in rows {
        for (stemmer, stem) in stemmers.iter_mut().zip([nltk, martin, original]) {
            let got = String::from_utf8_lossy(stemmer.stem(word.as_bytes())).into_owned();
            assert_eq!(got, stem, "{word} {stemmer:?}");
        }
    }
}
