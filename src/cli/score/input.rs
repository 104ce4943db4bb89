//! Reading texts a batch at a time: plain, gz or zst, from files or stdin.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Bytes that are read or written at once.
const BUFFER: usize = 1 << 17;

/// Bytes of a batch, but for a line that is longer by itself.
const BATCH: usize = 1 << 20;

/// A file, or stdin, read by lines.
pub struct Lines {
    /// What it is called in errors.
    name: String,
    reader: Box<dyn BufRead + Send>,
    /// Lines read so far.
    line: u64,
}

impl Lines {
    /// Opens a path; `-` is stdin. gzip and zstd are told by their first bytes. A byte order mark is left out.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let (name, raw): (String, Box<dyn Read + Send>) = if path == Path::new("-") {
            ("<stdin>".to_owned(), Box::new(io::stdin()))
        } else {
            let file = File::open(path).with_context(|| format!("cannot open `{}`", path.display()))?;
            (path.display().to_string(), Box::new(file))
        };
        let context = || format!("cannot read `{name}`");
        let mut reader: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(BUFFER, raw));
        let start = reader.fill_buf().with_context(context)?;
        if start.starts_with(&[0x1f, 0x8b]) {
            reader = Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(reader)));
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            reader = Box::new(BufReader::new(zstd::Decoder::with_buffer(reader).with_context(context)?));
        }
        if reader.fill_buf().with_context(context)?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        Ok(Lines { name, reader, line: 0 })
    }

    /// What it is called in errors.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Appends the next line, without its end, to `bytes`. False at the end.
    fn next(&mut self, bytes: &mut Vec<u8>) -> anyhow::Result<bool> {
        let start = bytes.len();
        let read = read_line(&mut *self.reader, bytes);
        if !read.with_context(|| format!("cannot read `{}` after line {}", self.name, self.line))? {
            return Ok(false);
        }
        self.line += 1;
        if bytes.len() > start && bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(true)
    }
}

/// Appends the bytes up to the next `\n`, which is left out. False where there is none.
fn read_line(reader: &mut dyn BufRead, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let mut some = false;
    loop {
        let available = match reader.fill_buf() {
            Ok([]) => return Ok(some),
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        some = true;
        let end = memchr::memchr(b'\n', available);
        let taken = end.unwrap_or(available.len());
        bytes.extend_from_slice(&available[..taken]);
        reader.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// Lines side by side: the i-th line of each file belongs together.
pub struct Aligned {
    files: Vec<Lines>,
    /// Whether blank lines are texts, or to be passed over.
    blank: bool,
}

/// Some lines, in a buffer that is used again.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// For each line its number and, for each file, where its text stands in `bytes`.
    lines: Vec<u64>,
    places: Vec<(usize, usize)>,
}

impl Batch {
    /// How many lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The number of the line at an index, from 1.
    pub fn line(&self, index: usize) -> u64 {
        self.lines[index]
    }

    /// The texts of the line at an index, one a file.
    pub fn texts(&self, index: usize) -> impl Iterator<Item = &[u8]> {
        let files = self.places.len() / self.lines.len();
        self.places[index * files..(index + 1) * files].iter().map(|&(start, end)| &self.bytes[start..end])
    }
}

impl Aligned {
    /// One file of JSON lines; blank ones are passed over.
    pub fn json(path: &Path) -> anyhow::Result<Self> {
        Ok(Aligned { files: vec![Lines::open(path)?], blank: false })
    }

    /// Several files of plain lines; blank ones are empty texts.
    pub fn plain(paths: impl IntoIterator<Item = PathBuf>) -> anyhow::Result<Self> {
        let files = paths.into_iter().map(|path| Lines::open(&path)).collect::<anyhow::Result<_>>()?;
        Ok(Aligned { files, blank: true })
    }

    /// What the file at an index is called in errors.
    pub fn name(&self, file: usize) -> &str {
        self.files[file].name()
    }

    /// Replaces a batch by the next lines; it is empty at the end.
    pub fn fill(&mut self, batch: &mut Batch) -> anyhow::Result<()> {
        batch.bytes.clear();
        // One line of many megabytes must not keep its memory for the rest of the run.
        batch.bytes.shrink_to(2 * BATCH);
        batch.lines.clear();
        batch.places.clear();
        while batch.bytes.len() < BATCH {
            let mut ended = None;
            let mut went_on = None;
            for (index, file) in self.files.iter_mut().enumerate() {
                let start = batch.bytes.len();
                if file.next(&mut batch.bytes)? {
                    went_on = Some(index);
                    batch.places.push((start, batch.bytes.len()));
                } else {
                    ended = Some(index);
                }
            }
            match (ended, went_on) {
                (Some(_), None) => return Ok(()),
                (Some(ended), Some(longer)) => anyhow::bail!(
                    "`{}` ends after line {}, `{}` goes on; line-aligned files have equally many lines",
                    self.files[ended].name,
                    self.files[ended].line,
                    self.files[longer].name
                ),
                (None, _) => {}
            }
            let &(start, end) = batch.places.last().unwrap_or(&(0, 0));
            if !self.blank && batch.bytes[start..end].iter().all(u8::is_ascii_whitespace) {
                batch.places.pop();
                continue;
            }
            batch.lines.push(self.files[0].line);
        }
        Ok(())
    }
}

/// Where answers go: a path, compressed where it ends in `.gz` or `.zst`; `-` or nothing is stdout.
pub enum Output {
    /// As they are.
    Plain(Box<dyn Write + Send>),
    /// In gzip.
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    /// In zstd.
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Output {
    /// Opens a path.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Output::Plain(Box::new(BufWriter::with_capacity(BUFFER, io::stdout()))));
        };
        let context = || format!("cannot write `{}`", path.display());
        let file = BufWriter::with_capacity(BUFFER, File::create(path).with_context(context)?);
        Ok(match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Output::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default())),
            Some("zst") => Output::Zstd(zstd::Encoder::new(file, 0).with_context(context)?),
            _ => Output::Plain(Box::new(file)),
        })
    }

    /// Writes all that is still held back, and the end of a compressed stream.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Output::Plain(mut out) => out.flush(),
            Output::Gzip(out) => out.finish()?.flush(),
            Output::Zstd(out) => out.finish()?.flush(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Plain(out) => out.write(bytes),
            Output::Gzip(out) => out.write(bytes),
            Output::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Plain(out) => out.flush(),
            Output::Gzip(out) => out.flush(),
            Output::Zstd(out) => out.flush(),
        }
    }
}
