//! The Parquet file, read back.

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use epitome::report::{Redact, Report, View, ViewOptions, parquet};

use super::records::{self, Made};

fn bytes(made: &Made, options: &ViewOptions) -> Vec<u8> {
    let view = View::build(&made.run, made.items.iter().cloned(), options);
    let report = Report { run: &made.run, items: &made.items, view: &view, options, beside: &(), pages: None };
    let mut bytes = Vec::new();
    (parquet::FORMAT.render)(&report, &mut bytes).expect("what is in memory renders");
    bytes
}

#[test]
fn every_item_and_score_reads_back_equal() {
    for made in [records::five(), records::failures(), records::hostile(), records::empty()] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes(&made, &ViewOptions::default())).expect("written");
        let reader = SerializedFileReader::new(file.reopen().expect("the file")).expect("a Parquet file");
        let rows: Vec<_> = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), made.items.len());
        for (row, item) in rows.iter().zip(&made.items) {
            let of =
                |name: &str| row.get_column_iter().find(|(column, _)| *column == name).expect("a column").1.clone();
            assert_eq!(of("id"), Field::Str(item.key.id.clone()));
            assert_eq!(of("system"), Field::Str(item.key.system.clone()));
            assert_eq!(of("sample"), Field::Long(i64::from(item.key.sample)));
            let summary = item.summary.clone().map_or(Field::Null, Field::Str);
            assert_eq!(of("summary"), summary);
            for metric in &made.run.metrics {
                for field in &metric.fields {
                    let scores = item.scores.get(&metric.name).and_then(Option::as_ref);
                    let score = scores.and_then(|of| of.get(&field.name)).map_or(Field::Null, |v| Field::Double(*v));
                    assert_eq!(of(&format!("{}.{}", metric.name, field.name)), score);
                }
            }
        }
    }
}

#[test]
fn nothing_private_is_in_it() {
    let options = ViewOptions { redact: Redact::All, ..ViewOptions::default() };
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes(&records::failures(), &options)).expect("written");
    let reader = SerializedFileReader::new(file.reopen().expect("the file")).expect("a Parquet file");
    for row in reader.get_row_iter(None).expect("rows") {
        assert!(!row.expect("a row").to_string().contains("無償援助"));
    }
}
