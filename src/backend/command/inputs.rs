//! The files that shape what a program writes, by content.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use globset::{GlobBuilder, GlobMatcher};
use sha2::{Digest, Sha256};

use crate::backend::SetupError;

/// The hash of bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hashes of the arguments of `run` that are files in `cwd`, and of the files that the patterns of `inputs` match
/// below `root`, by path as written. A pattern that matches nothing is an error.
pub fn files(
    root: &Path,
    cwd: &Path,
    run: &[String],
    inputs: &[String],
) -> Result<BTreeMap<String, String>, SetupError> {
    let mut files = BTreeMap::new();
    for (i, argument) in run.iter().enumerate() {
        // A bare program's name (`python3`) is looked for on the PATH, not in the folder.
        let path = cwd.join(argument);
        if (i > 0 || argument.contains('/')) && !argument.is_empty() && path.is_file() {
            files.insert(argument.clone(), hash_file(&path, &format!("run[{i}]"))?);
        }
    }
    for (i, pattern) in inputs.iter().enumerate() {
        let place = format!("inputs[{i}]");
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let matcher = glob.map_err(|e| SetupError::new(&place, format!("no pattern: {}", e.kind())))?.compile_matcher();
        let mut found = Vec::new();
        walk(root, &fixed_part(pattern), &matcher, &mut found)
            .map_err(|e| SetupError::new(&place, format!("cannot look for `{pattern}`: {e}")))?;
        if found.is_empty() {
            return Err(SetupError::new(place, format!("no file beside the suite matches `{pattern}`")));
        }
        for path in found {
            let hash = hash_file(&root.join(&path), &place)?;
            files.insert(path.to_string_lossy().into_owned(), hash);
        }
    }
    Ok(files)
}

/// Programs that run a script, by the beginning of their names, with the endings that scripts have.
const INTERPRETERS: [(&str, &[&str]); 16] = [
    ("python", &["py"]),
    ("pypy", &["py"]),
    ("sh", &["sh"]),
    ("bash", &["sh", "bash"]),
    ("dash", &["sh"]),
    ("ksh", &["sh", "ksh"]),
    ("zsh", &["sh", "zsh"]),
    ("node", &["js", "mjs", "cjs", "ts"]),
    ("deno", &["js", "mjs", "ts"]),
    ("bun", &["js", "mjs", "ts"]),
    ("ruby", &["rb"]),
    ("perl", &["pl"]),
    ("php", &["php"]),
    ("lua", &["lua"]),
    ("julia", &["jl"]),
    ("Rscript", &["r", "R"]),
];

/// Options by which an interpreter is given its program otherwise than as a file.
const INLINE: [&str; 4] = ["-c", "-m", "-e", "-"];

/// An error where `run` is an interpreter whose script is not there: its first argument that ends as scripts do.
pub fn check_script(cwd: &Path, run: &[String]) -> Result<(), SetupError> {
    let program = run.first().map(Path::new).and_then(Path::file_stem).unwrap_or_default().to_string_lossy();
    let Some((_, endings)) = INTERPRETERS.iter().find(|(name, _)| {
        // `python3.12`, but not `shuf`.
        program
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_matches(|c: char| c.is_ascii_digit() || c == '.').is_empty())
    }) else {
        return Ok(());
    };
    for (i, argument) in run.iter().enumerate().skip(1) {
        if INLINE.contains(&argument.as_str()) {
            return Ok(());
        }
        let ends = |ending: &str| Path::new(argument).extension().is_some_and(|e| e == ending);
        if !argument.starts_with('-') && endings.iter().any(|ending| ends(ending)) {
            return match cwd.join(argument).exists() {
                true => Ok(()),
                false => {
                    let message = format!("there is no file `{argument}` in {}", cwd.display());
                    Err(SetupError::new(format!("run[{i}]"), message))
                }
            };
        }
    }
    Ok(())
}

fn hash_file(path: &Path, place: &str) -> Result<String, SetupError> {
    let cannot = |e: io::Error| SetupError::new(place, format!("cannot read `{}`: {e}", path.display()));
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path).map_err(cannot)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer).map_err(cannot)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The folders at a pattern's start that hold no wildcard: where the search begins.
fn fixed_part(pattern: &str) -> PathBuf {
    let parts: Vec<Component<'_>> = Path::new(pattern).components().collect();
    let is_fixed = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{', '\\']);
    let folders = parts.len().saturating_sub(1);
    parts.iter().take(folders).take_while(|part| is_fixed(part)).collect()
}

fn walk(root: &Path, folder: &Path, matcher: &GlobMatcher, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        // A link to a folder is not followed, so that the walk ends; a link to a file counts as the file.
        if entry.file_type()?.is_dir() {
            walk(root, &path, matcher, found)?;
        } else if matcher.is_match(&path) && root.join(&path).is_file() {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("s.py"), "code").expect("it can be written");
        let wrong = |run: &[&str]| {
            let run: Vec<String> = run.iter().map(|t| (*t).to_owned()).collect();
            check_script(folder.path(), &run).err().map(|error| error.path)
        };
        assert_eq!(wrong(&["python3", "no.py"]), Some("run[1]".into()));
        assert_eq!(wrong(&["/usr/bin/python3.12", "-W", "ignore", "no.py", "s.py"]), Some("run[3]".into()));
        for fine in [
            &["python3", "s.py", "no.py"][..],
            &["python3", "-m", "no.py"],
            &["sh", "-c", "no.sh"],
            &["sh", "no"],
            &["shuf", "no.sh"],
            &["docker", "run", "no.py"],
        ] {
            assert_eq!(wrong(fine), None, "{fine:?}");
        }
    }

    #[test]
    fn files_are_found_and_hashed_by_content() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path();
        fs::create_dir_all(root.join("prompts/deep")).expect("it can be made");
        for (path, content) in
            [("s.py", "code"), ("prompts/a.md", "a"), ("prompts/b.txt", "b"), ("prompts/deep/c.md", "c")]
        {
            fs::write(root.join(path), content).expect("it can be written");
        }
        let names = |run: &[&str], inputs: &[&str]| {
            let own = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
            files(root, root, &own(run), &own(inputs)).map(|files| files.into_keys().collect::<Vec<_>>())
        };
        assert_eq!(names(&["python3", "s.py", "-v"], &[]), Ok(vec!["s.py".into()]));
        assert_eq!(names(&["x"], &["prompts/*.md"]), Ok(vec!["prompts/a.md".into()]));
        assert_eq!(names(&["x"], &["prompts/**/*.md"]), Ok(vec!["prompts/a.md".into(), "prompts/deep/c.md".into()]));
        assert_eq!(names(&["x"], &["s.py"]), Ok(vec!["s.py".into()]));
        let error = names(&["x"], &["s.py", "nowhere/*.md"]).expect_err("nothing matches");
        assert_eq!((error.path.as_str(), error.message.contains("nowhere/*.md")), ("inputs[1]", true));
        assert_eq!(hash(b"code"), files(root, root, &["p".into(), "s.py".into()], &[]).expect("it is read")["s.py"]);
    }
}
