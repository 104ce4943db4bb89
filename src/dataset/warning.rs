//! What a reader should know of the input, where work can go on.

use std::path::{Path, PathBuf};

use super::error::Place;

/// Collects warnings, those of one kind in one line with their first place.
#[derive(Debug)]
pub(super) struct Warnings {
    root: PathBuf,
    dataset: String,
    files: Vec<String>,
    empty_references: Tally,
    pub unreferenced: Tally,
    pub replaced: Tally,
    pub markup: Tally,
}

/// How often something was met, and where first.
#[derive(Debug, Default)]
pub(super) struct Tally {
    count: usize,
    first: Option<String>,
}

impl Tally {
    pub fn add(&mut self, count: usize, first: impl FnOnce() -> String) {
        self.count += count;
        if count > 0 && self.first.is_none() {
            self.first = Some(first());
        }
    }
}

impl Warnings {
    /// Warnings on a dataset of a suite in a folder, to which paths are shown relative.
    pub fn new(root: &Path, dataset: &str) -> Self {
        Warnings {
            root: root.to_owned(),
            dataset: dataset.to_owned(),
            files: Vec::new(),
            empty_references: Tally::default(),
            unreferenced: Tally::default(),
            replaced: Tally::default(),
            markup: Tally::default(),
        }
    }

    /// A file or folder that was left unread.
    pub fn unread(&mut self, path: &Path, why: &str) {
        let place = self.shown(&Place::file(path));
        self.files.push(format!("{place}: left unread; {why}"));
    }

    /// A file that is what the suite says only by the letter.
    pub fn encoding(&mut self, path: &Path, declared: &str, rather: &str) {
        let place = self.shown(&Place::file(path));
        self.files.push(format!(
            "{place}: the text reads as nonsense in {declared}, as `encoding` says, and as prose in {rather}"
        ));
    }

    /// References that are said to be there but have no text.
    pub fn empty_references(&mut self, place: &Place, count: usize) {
        let shown = self.shown(place);
        self.empty_references.add(count, || shown);
    }

    /// A place as it reads from the suite's folder.
    pub fn shown(&self, place: &Place) -> String {
        place.relative_to(&self.root).to_string()
    }

    /// The warnings, one a line.
    pub fn into_lines(self, articles: u64) -> Vec<String> {
        let Warnings { dataset, files, empty_references, unreferenced, replaced, markup, .. } = self;
        let mut lines = files;
        let mut tally = |tally: Tally, line: &dyn Fn(usize, &str) -> String| {
            if let Some(first) = &tally.first {
                lines.push(line(tally.count, first));
            }
        };
        tally(empty_references, &|n, first| match n {
            1 => format!("{first}: the reference has no text and is left out"),
            n => format!(
                "{first}: the reference has no text and is left out, like {} more of dataset `{dataset}`",
                n - 1
            ),
        });
        tally(unreferenced, &|n, first| {
            let have = if n == 1 { "has" } else { "have" };
            format!("dataset `{dataset}`: {n} of {articles} articles {have} no reference (the first is `{first}`)")
        });
        tally(replaced, &|n, first| {
            format!(
                "{first}: the source holds U+FFFD, which a wrong decoding leaves; so do {n} of {articles} sources of \
                 dataset `{dataset}`"
            )
        });
        tally(markup, &|n, first| {
            format!(
                "{first}: the source holds HTML tags; so do {n} of {articles} sources of dataset `{dataset}`; \
                 `strip_html = true` takes them out"
            )
        });
        lines
    }
}
