//! A run's report, on the terminal and as files beside its record.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum;
use epitome::config::Plan;
use epitome::model::record::RunRecord;
use epitome::report::terminal::{self, Surface};
use epitome::report::{self, ItemStream, Items, ItemsError, Report, Ui, View, ViewOptions};
use epitome::store::RunFolder;

/// What commands that print a table can print instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// A table for people
    #[default]
    Table,
    /// One JSON document
    Json,
}

/// A run's items, read from its folder as often as a format needs them.
struct OnDisk<'a>(&'a RunFolder);

impl Items for OnDisk<'_> {
    fn open(&self) -> Result<ItemStream<'_>, ItemsError> {
        let items = self.0.items()?;
        Ok(Box::new(items.map(|item| item.map_err(ItemsError::from))))
    }
}

fn view(plan: &Plan, folder: &RunFolder, record: &RunRecord) -> anyhow::Result<View> {
    let options = ViewOptions { worst: plan.worst, ..ViewOptions::default() };
    Ok(View::try_build(record, folder.items()?, &options)?)
}

/// Prints the report to stdout.
pub fn table(plan: &Plan, folder: &RunFolder, record: &RunRecord) -> anyhow::Result<()> {
    let view = view(plan, folder, record)?;
    let stdout = std::io::stdout();
    let colour = stdout.is_terminal() && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    let text = terminal::render(&view, Ui::english(), Surface { width, colour });
    stdout.lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Prints the record as one JSON document.
pub fn json(record: &RunRecord) -> anyhow::Result<()> {
    std::io::stdout().lock().write_all(&epitome::store::pretty(record)?)?;
    Ok(())
}

/// Writes the suite's report formats beside the record, and says which files the run has left.
pub fn files(plan: &Plan, folder: &RunFolder, record: &RunRecord) -> anyhow::Result<Vec<PathBuf>> {
    let view = view(plan, folder, record)?;
    let items = OnDisk(folder);
    let content = Report { run: record, items: &items, view: &view, ui: Ui::english() };
    let mut written = vec![folder.path().join("run.json"), folder.path().join("items.jsonl")];
    for name in &plan.formats {
        let known = || report::FORMATS.iter().map(|f| f.name).collect::<Vec<_>>().join(", ");
        let format = report::format(name)
            .with_context(|| format!("there is no report format `{name}`; there are {}", known()))?;
        let path = folder.path().join(format.file);
        let place = || format!("failed to write {}", path.display());
        let mut file = BufWriter::new(File::create(&path).with_context(place)?);
        (format.render)(&content, &mut file).with_context(place)?;
        file.flush().with_context(place)?;
        written.push(path);
    }
    Ok(written)
}

/// Names the files to the reader.
pub fn paths(written: &[PathBuf]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let folder = written.first().and_then(|p| p.parent()).map(|p| p.display().to_string()).unwrap_or_default();
    let names: Vec<_> = written.iter().filter_map(|p| p.file_name()).map(|n| n.to_string_lossy()).collect();
    writeln!(out, "\nWritten to {folder}: {}", names.join(", "))?;
    Ok(())
}
