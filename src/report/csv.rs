//! `items.csv`: every item with every score, for spreadsheets.
//!
//! One row an item; one column a field of a metric (`rouge1.f1`), empty where there is no score, and `unscored` says
//! why. A byte order mark tells spreadsheets that it is UTF-8. Texts are [guarded](guard), so that no spreadsheet
//! takes one for a formula; [`unguard`] gives them back.

use std::borrow::Cow;
use std::io;

use super::{Format, RenderError, Report};
use crate::model::record::ItemRecord;
use crate::model::{Support, Verdict};

/// The registry entry.
pub static FORMAT: Format =
    Format { name: "csv", about: "every item with every score, for spreadsheets", file: "items.csv", render };

/// Columns before those of the metrics.
const KEYS: [&str; 11] = [
    "dataset",
    "id",
    "system",
    "sample",
    "annotator",
    "lang",
    "failure",
    "covered",
    "missing",
    "contradicted",
    "unsupported",
];

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let fields: Vec<(&str, &str)> = report
        .run
        .metrics
        .iter()
        .flat_map(|m| m.fields.iter().map(move |f| (m.name.as_str(), f.name.as_str())))
        .collect();
    let mut head: Vec<String> = KEYS.iter().map(|key| (*key).to_owned()).collect();
    head.extend(fields.iter().map(|(metric, field)| guard(&format!("{metric}.{field}")).into_owned()));
    head.extend(["unscored", "reason"].map(str::to_owned));
    head.push("summary".to_owned());
    writer.write_record(&head).map_err(written)?;
    let redacted = report.options.redact.datasets(report.run);
    for item in report.items.open().map_err(RenderError::Items)? {
        let item = item.map_err(RenderError::Items)?;
        let redact = redacted.contains(item.key.dataset.as_str());
        writer.write_record(row(&item, &fields, redact)).map_err(written)?;
    }
    Ok(writer.flush()?)
}

fn row(item: &ItemRecord, fields: &[(&str, &str)], redact: bool) -> Vec<String> {
    let text = |text: &str| guard(text).into_owned();
    let failure = item.failure.as_ref().map(|f| if redact { f.kind.as_str().to_owned() } else { f.to_string() });
    let facts = |verdict: Verdict| {
        let counted = |facts: &Vec<_>| facts.iter().filter(|f| is(f, verdict)).count().to_string();
        item.facts.as_ref().map(counted).unwrap_or_default()
    };
    let unsupported = |q: &Vec<crate::model::QuantityJudgement>| {
        q.iter().filter(|q| q.verdict == Support::Unsupported).count().to_string()
    };
    let mut row = vec![
        text(&item.key.dataset),
        text(&item.key.id),
        text(&item.key.system),
        item.key.sample.to_string(),
        item.annotator.as_deref().map(text).unwrap_or_default(),
        item.lang.as_ref().map(|l| text(l.as_str())).unwrap_or_default(),
        failure.as_deref().map(text).unwrap_or_default(),
        facts(Verdict::Covered),
        facts(Verdict::Missing),
        facts(Verdict::Contradicted),
        item.quantities.as_ref().map(unsupported).unwrap_or_default(),
    ];
    for (metric, field) in fields {
        let scored = item.scores.get(*metric).and_then(Option::as_ref).and_then(|of| of.get(*field));
        row.push(scored.map(f64::to_string).unwrap_or_default());
    }
    let unscored: Vec<&str> = item.unscored.keys().map(String::as_str).collect();
    row.push(text(&unscored.join(" ")));
    let mut codes: Vec<&str> = item.unscored.values().map(|u| u.code.as_str()).collect();
    codes.dedup();
    row.push(text(&codes.join(" ")));
    row.push(item.summary.as_deref().filter(|_| !redact).map(text).unwrap_or_default());
    row
}

fn is(fact: &crate::model::record::ItemFact, verdict: Verdict) -> bool {
    !fact.draft && fact.judgement.verdict == verdict
}

fn written(error: csv::Error) -> RenderError {
    RenderError::Write(io::Error::other(error))
}

/// What a spreadsheet takes a cell for a formula by, where it comes first; and the mark that says it is text.
const STARTS: &str = "=+-@＝＋－＠\t\r\n'";

/// Puts a `'` before a text that a spreadsheet would compute, and before one that begins with a `'` itself.
pub fn guard(text: &str) -> Cow<'_, str> {
    let first = text.chars().next().is_some_and(|c| STARTS.contains(c));
    let visible = text.trim_start().chars().next().is_some_and(|c| "=+-@＝＋－＠".contains(c));
    if first || visible { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that was guarded.
pub fn unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_become_text() {
        assert_eq!(guard("=cmd()"), "'=cmd()");
        assert_eq!(guard("  +1"), "'  +1");
        assert_eq!(guard("＝1"), "'＝1");
        assert_eq!(guard("'quoted'"), "''quoted'");
        assert_eq!(guard("20億元"), "20億元");
    }

    proptest! {
        #[test]
        fn every_text_reads_back_equal(text in any::<String>()) {
            let cell = guard(&text);
            prop_assert_eq!(unguard(&cell), text.as_str());
            prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']));
        }
    }
}
