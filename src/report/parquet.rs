//! `items.parquet`: every item with every score, for data frames. Behind the feature `parquet`.
//!
//! One row an item, the columns of the [CSV](super::csv) but with types: counts are integers, scores doubles, and what
//! does not exist is null. Texts stand as they are; nothing here computes them.

use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::{Format, RenderError, Report};
use crate::model::record::ItemRecord;
use crate::model::{Support, Verdict};

/// The registry entry.
pub static FORMAT: Format =
    Format { name: "parquet", about: "every item with every score, for data frames", file: "items.parquet", render };

/// Items that are gathered before they are written.
const GROUP: usize = 10_000;

/// A column's values of a row group, null where there is none.
enum Column {
    Texts(Vec<Option<ByteArray>>),
    Counts(Vec<Option<i64>>),
    Scores(Vec<Option<f64>>),
}

fn render(report: &Report<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    let fields: Vec<(&str, &str)> = report
        .run
        .metrics
        .iter()
        .flat_map(|m| m.fields.iter().map(move |f| (m.name.as_str(), f.name.as_str())))
        .collect();
    let names = names(&fields);
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let schema = Arc::new(schema(&names).map_err(written)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).map_err(written)?;
    let redacted = report.options.redact.datasets(report.run);
    let mut rows: Vec<ItemRecord> = Vec::new();
    for item in report.items.open().map_err(RenderError::Items)? {
        rows.push(item.map_err(RenderError::Items)?);
        if rows.len() == GROUP {
            write(&mut writer, &rows, &fields, &redacted).map_err(written)?;
            rows.clear();
        }
    }
    if !rows.is_empty() {
        write(&mut writer, &rows, &fields, &redacted).map_err(written)?;
    }
    Ok(out.write_all(&writer.into_inner().map_err(written)?)?)
}

/// The columns' names, each with the type of its values.
fn names(fields: &[(&str, &str)]) -> Vec<(String, Physical)> {
    let text = |name: &str| (name.to_owned(), Physical::BYTE_ARRAY);
    let count = |name: &str| (name.to_owned(), Physical::INT64);
    let mut names: Vec<(String, Physical)> = ["dataset", "id", "system"].map(text).to_vec();
    names.push(count("sample"));
    names.extend(["annotator", "lang", "failure"].map(text));
    names.extend(["covered", "missing", "contradicted", "unsupported"].map(count));
    names.extend(fields.iter().map(|(metric, field)| (format!("{metric}.{field}"), Physical::DOUBLE)));
    names.extend(["unscored", "summary"].map(text));
    names
}

fn schema(names: &[(String, Physical)]) -> Result<Type, ParquetError> {
    let column = |(name, physical): &(String, Physical)| {
        let text = (*physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
        let built = Type::primitive_type_builder(name, *physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(text)
            .build()?;
        Ok(Arc::new(built))
    };
    let columns: Result<Vec<_>, ParquetError> = names.iter().map(column).collect();
    Type::group_type_builder("items").with_fields(columns?).build()
}

fn write(
    writer: &mut SerializedFileWriter<Vec<u8>>,
    rows: &[ItemRecord],
    fields: &[(&str, &str)],
    redacted: &std::collections::BTreeSet<&str>,
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in columns(rows, fields, redacted) {
        let Some(mut open) = group.next_column()? else { break };
        match column {
            Column::Texts(of) => {
                let (values, levels) = present(of);
                open.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
            }
            Column::Counts(of) => {
                let (values, levels) = present(of);
                open.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
            }
            Column::Scores(of) => {
                let (values, levels) = present(of);
                open.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
            }
        }
        open.close()?;
    }
    group.close()?;
    Ok(())
}

/// The values that are there, and for each row whether one is.
fn present<T>(column: Vec<Option<T>>) -> (Vec<T>, Vec<i16>) {
    let levels = column.iter().map(|value| i16::from(value.is_some())).collect();
    (column.into_iter().flatten().collect(), levels)
}

/// The columns in the order of [`names`].
fn columns(rows: &[ItemRecord], fields: &[(&str, &str)], redacted: &std::collections::BTreeSet<&str>) -> Vec<Column> {
    let hidden = |item: &ItemRecord| redacted.contains(item.key.dataset.as_str());
    let texts = |of: &dyn Fn(&ItemRecord) -> Option<String>| {
        Column::Texts(rows.iter().map(|item| of(item).map(|text| ByteArray::from(text.into_bytes()))).collect())
    };
    let counts = |of: &dyn Fn(&ItemRecord) -> Option<usize>| {
        Column::Counts(rows.iter().map(|item| of(item).and_then(|n| i64::try_from(n).ok())).collect())
    };
    let verdicts = |verdict: Verdict| {
        counts(&move |item| {
            let facts = item.facts.as_ref()?;
            Some(facts.iter().filter(|f| !f.draft && f.judgement.verdict == verdict).count())
        })
    };
    let mut made = vec![
        texts(&|item| Some(item.key.dataset.clone())),
        texts(&|item| Some(item.key.id.clone())),
        texts(&|item| Some(item.key.system.clone())),
        counts(&|item| usize::try_from(item.key.sample).ok()),
        texts(&|item| item.annotator.clone()),
        texts(&|item| item.lang.as_ref().map(ToString::to_string)),
        texts(&|item| {
            let failure = item.failure.as_ref()?;
            Some(if hidden(item) { failure.kind.as_str().to_owned() } else { failure.to_string() })
        }),
        verdicts(Verdict::Covered),
        verdicts(Verdict::Missing),
        verdicts(Verdict::Contradicted),
        counts(&|item| {
            let figures = item.quantities.as_ref()?;
            Some(figures.iter().filter(|q| q.verdict == Support::Unsupported).count())
        }),
    ];
    for (metric, field) in fields {
        let score = |item: &ItemRecord| item.scores.get(*metric)?.as_ref()?.get(*field).copied();
        made.push(Column::Scores(rows.iter().map(score).collect()));
    }
    made.push(texts(&|item| {
        let unscored: Vec<String> =
            item.unscored.iter().map(|(metric, why)| format!("{metric}: {}", why.code)).collect();
        (!unscored.is_empty()).then(|| unscored.join(" "))
    }));
    made.push(texts(&|item| item.summary.clone().filter(|_| !hidden(item))));
    made
}

fn written(error: ParquetError) -> RenderError {
    RenderError::Write(io::Error::other(error))
}
