//! nltk 3.10.4's Porter stemmer in its three modes, and that of ROUGE-1.5.5 with and without WordNet's exceptions.

use epitome::metric::rouge::rouge155;
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

#[test]
fn stems_are_the_perl_scripts() {
    for (word, _, _, _, with_exceptions, without, _) in lines::<Row>("stems.jsonl") {
        assert_eq!(rouge155::stem(&word, true), with_exceptions, "{word}");
        assert_eq!(rouge155::stem(&word, false), without, "{word}");
    }
}
