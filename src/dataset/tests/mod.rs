//! Whole datasets, loaded from folders that the tests write.

mod errors;
mod formats;
mod input;

use std::path::Path;

use super::{Dataset, DatasetError, Entry, Spec};

/// A suite's folder with the given files in it.
pub(super) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    folder
}

/// A dataset as a suite writes it, without the table's head.
pub(super) fn spec(toml: &str) -> Spec {
    toml::from_str(&format!("name = \"d\"\n{toml}")).expect("a dataset table")
}

/// Opens a dataset and reads all of its entries.
pub(super) fn load(root: &Path, spec: &Spec) -> Result<(Dataset, Vec<Entry>), DatasetError> {
    let dataset = Dataset::open(spec, root)?;
    let entries = dataset.entries()?.collect::<Result<_, _>>()?;
    Ok((dataset, entries))
}

/// Loads a dataset that must be in order.
pub(super) fn loaded(files: &[(&str, &[u8])], toml: &str) -> (Dataset, Vec<Entry>) {
    let folder = folder(files);
    load(folder.path(), &spec(toml)).unwrap_or_else(|e| panic!("{e}"))
}

/// The message of a dataset that must not be in order, its paths relative to the suite's folder.
pub(super) fn refused(files: &[(&str, &[u8])], toml: &str) -> String {
    let folder = folder(files);
    let error = match load(folder.path(), &spec(toml)) {
        Ok((_, entries)) => panic!("loaded {} entries", entries.len()),
        Err(error) => error.to_string(),
    };
    error.replace(&format!("{}/", folder.path().display()), "")
}
