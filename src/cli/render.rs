//! A run's report, on the terminal and as files beside its record.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use epitome::compare::gate::Judged;
use epitome::compare::side::Side;
use epitome::model::record::{ItemRecord, RunRecord};
use epitome::report::terminal::item::Item;
use epitome::report::terminal::{self, Surface};
use epitome::report::{self, Beside, FORMATS, Format, ItemStream, Items, ItemsError, Pages, Report, View, ViewOptions};
use epitome::store::{RunFolder, write_atomically};

/// What commands that print a table can print instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// A table for people
    #[default]
    Table,
    /// One JSON document
    Json,
}

/// A record with its view, ready to be rendered.
pub struct Rendering<'a> {
    record: &'a RunRecord,
    items: OnDisk<'a>,
    view: View,
    options: ViewOptions,
    beside: &'a dyn Beside,
}

impl<'a> Rendering<'a> {
    /// Reads the items of a run's folder once, and computes what a report shows.
    pub fn of(folder: &'a RunFolder, record: &'a RunRecord, options: &ViewOptions) -> anyhow::Result<Self> {
        let view = View::try_build(record, folder.items()?, options)?;
        Ok(Rendering { record, items: OnDisk(folder), view, options: *options, beside: &() })
    }

    /// Adds what stands in the repository beside the record.
    #[must_use]
    pub fn beside(mut self, beside: &'a dyn Beside) -> Self {
        self.beside = beside;
        self
    }

    /// Adds how the suite's gates ended.
    #[must_use]
    pub fn hold(mut self, judged: &[Judged]) -> Self {
        self.view.hold(judged, self.options.ui);
        self
    }

    /// Adds what changed against earlier versions of the systems; before the gates, which the verdict names first.
    #[must_use]
    pub fn against(mut self, pairs: &[(Side, Side)]) -> Self {
        let hidden = self.options.redact.datasets(self.record);
        self.view.hold_against(pairs, &hidden, &self.options);
        self
    }

    /// Prints one article.
    pub fn print_item(&self, id: &str, width: Option<usize>) -> anyhow::Result<()> {
        let mut found: Vec<ItemRecord> = Vec::new();
        let mut near: Vec<(usize, String)> = Vec::new();
        for item in self.items.open().map_err(anyhow::Error::from_boxed)? {
            let item = item.map_err(anyhow::Error::from_boxed)?;
            let whole = format!("{}/{}", item.key.dataset, item.key.id);
            if id == item.key.id || id == whole {
                found.push(item);
            } else if near.last().is_none_or(|(_, name)| *name != whole) {
                near.push((strsim::levenshtein(id, &item.key.id), whole));
            }
        }
        let datasets: BTreeSet<&str> = found.iter().map(|item| item.key.dataset.as_str()).collect();
        if datasets.len() > 1 {
            bail!("several datasets have an article `{id}`; say which: {}", named(&datasets, id));
        }
        let Some(first) = found.first() else {
            near.sort();
            let near: Vec<&str> = near.iter().take(3).map(|(_, name)| name.as_str()).collect();
            bail!("the run has no article `{id}`; the nearest are {}", near.join(", "));
        };
        let article = self.beside.article(&first.key.dataset, &first.key.id);
        let item = Item { run: self.record, items: &found, article, redact: self.options.redact };
        let text = terminal::item::render(&item, self.options.ui, surface(width));
        Ok(io::stdout().lock().write_all(text.as_bytes())?)
    }

    /// Prints the report to stdout.
    pub fn print(&self, width: Option<usize>) -> io::Result<()> {
        let text = terminal::render(&self.view, self.options.ui, surface(width));
        io::stdout().lock().write_all(text.as_bytes())
    }

    /// Writes reports into a folder, each whole or not at all, and says where they are.
    pub fn write(&self, formats: &[String], folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let mut written = Vec::new();
        for name in formats {
            let path = folder.join(lookup(name)?.file);
            write_atomically(&path, &self.render(name, Some(&Folder(folder)))?)?;
            written.push(path);
        }
        Ok(written)
    }

    /// A report as bytes.
    pub fn bytes(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        self.render(name, None)
    }

    fn render(&self, name: &str, pages: Option<&dyn Pages>) -> anyhow::Result<Vec<u8>> {
        let format = lookup(name)?;
        let (items, view, options, beside) = (&self.items, &self.view, &self.options, self.beside);
        let report = Report { run: self.record, items, view, options, beside, pages };
        let mut bytes = Vec::new();
        (format.render)(&report, &mut bytes).with_context(|| format!("failed to render {}", format.file))?;
        Ok(bytes)
    }
}

fn named(datasets: &BTreeSet<&str>, id: &str) -> String {
    datasets.iter().map(|dataset| format!("{dataset}/{id}")).collect::<Vec<_>>().join(", ")
}

fn lookup(name: &str) -> anyhow::Result<&'static Format> {
    let known = || FORMATS.iter().map(|f| f.name).collect::<Vec<_>>().join(", ");
    if name == "parquet" && report::format(name).is_none() {
        bail!("this program was built without Parquet; `cargo install --path . --features parquet` builds it in");
    }
    report::format(name).with_context(|| format!("there is no report format `{name}`; there are {}", known()))
}

/// The folder that a report's pages go to.
struct Folder<'a>(&'a Path);

impl Pages for Folder<'_> {
    fn write(&self, name: &str, page: &[u8]) -> io::Result<()> {
        write_atomically(&self.0.join(name), page).map_err(io::Error::other)
    }
}

/// A run's items, read from its folder as often as a format needs them.
struct OnDisk<'a>(&'a RunFolder);

impl Items for OnDisk<'_> {
    fn open(&self) -> Result<ItemStream<'_>, ItemsError> {
        let items = self.0.items()?;
        Ok(Box::new(items.map(|item| item.map_err(ItemsError::from))))
    }
}

/// The surface that stdout is: `COLUMNS`, else a terminal's width, else 100 columns; colour where it is wanted and
/// understood.
pub fn surface(width: Option<usize>) -> Surface {
    let told = || std::env::var("COLUMNS").ok()?.trim().parse().ok().filter(|columns| (20..=1000).contains(columns));
    let terminal =
        || told().or_else(|| terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| usize::from(columns.0)));
    let choice = anstream::AutoStream::choice(&io::stdout());
    Surface { width: width.or_else(terminal).unwrap_or(100), colour: choice != anstream::ColorChoice::Never }
}

/// Prints the record as one JSON document.
pub fn json(record: &RunRecord) -> anyhow::Result<()> {
    io::stdout().lock().write_all(&epitome::store::pretty(record)?)?;
    Ok(())
}

/// Names the files that a run has left to the reader.
pub fn paths(folder: &RunFolder, reports: &[PathBuf]) -> anyhow::Result<()> {
    let record = ["run.json", "items.jsonl"].map(|name| folder.path().join(name));
    let names: Vec<_> =
        record.iter().chain(reports).filter_map(|p| p.file_name()).map(|n| n.to_string_lossy()).collect();
    writeln!(io::stdout().lock(), "\nWritten to {}: {}", folder.path().display(), names.join(", "))?;
    Ok(())
}
