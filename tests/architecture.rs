//! The dependency table of the design: which folder of `src/` may see which.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Each module with those that it may use; `model` is open to all.
const TABLE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("fact", &["model", "text"]),
    ("metric", &["model", "text", "fact"]),
    ("dataset", &["model", "text"]),
    ("backend", &["model", "text", "metric"]),
    ("stats", &["model"]),
    ("store", &["model"]),
    ("config", &["model", "metric", "backend", "dataset"]),
    ("engine", &["model", "config", "dataset", "backend", "metric", "fact", "text", "stats", "store"]),
    ("compare", &["model", "metric", "fact", "stats"]),
    ("audit", &["model", "text", "fact", "stats"]),
    ("correlate", &["model", "metric", "fact", "stats"]),
    ("report", &["model", "compare"]),
];

fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            into.push((path.display().to_string(), text));
        }
    }
}

/// The top-level modules that a file names through `crate::`, its tests left out.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut used = BTreeSet::new();
    for line in lines {
        for part in line.split("crate::").skip(1) {
            let names = part.strip_prefix('{').map_or(part, |list| list.split('}').next().unwrap_or(list));
            for name in names.split(',') {
                let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                used.insert(name);
            }
        }
    }
    used
}

#[test]
fn folders_depend_on_each_other_as_the_design_says() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (module, allowed) in TABLE {
        let mut files = Vec::new();
        sources(&src.join(module), &mut files);
        for (path, text) in files {
            for name in used(&text) {
                let known = TABLE.iter().any(|(m, _)| *m == name) || name == "cli";
                if known && name != *module && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{path} uses {name}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "against the dependency table:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_stands_in_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).expect("src") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && name != "cli" {
            assert!(TABLE.iter().any(|(m, _)| *m == name), "`{name}` is not in the dependency table");
        }
    }
}

#[test]
fn nothing_but_cli_prints() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for (path, text) in files {
        if !path.contains("/cli/") {
            let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
            let printing = ["println!", "eprintln!", "print!(", "io::stdout()"]
                .iter()
                .find(|p| code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(*p)));
            assert!(printing.is_none(), "{path} has {}", printing.unwrap_or(&""));
        }
    }
}

/// Whatever is written as a registry entry must stand in its registry: one that is not is dead code which no user can reach.
#[test]
fn every_entry_is_registered() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let registries = [
        ("metric", ": Family = Family {", epitome::metric::FAMILIES.len()),
        ("backend", ": Kind = Kind {", epitome::backend::KINDS.len()),
        ("backend", ": JudgeKind = JudgeKind {", epitome::backend::judge::KINDS.len()),
    ];
    for (folder, entry, registered) in registries {
        let mut files = Vec::new();
        sources(&src.join(folder), &mut files);
        let written: usize = files.iter().map(|(_, text)| text.matches(entry).count()).sum();
        assert_eq!(written, registered, "entries under src/{folder} against its registry");
    }
}
