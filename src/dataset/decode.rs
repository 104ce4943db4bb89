//! Opening a file as text: decompression, strict decoding, byte order marks.
//!
//! What is compressed is told by the first bytes, not by the name. The encoding is never detected: a file that is not
//! what it is said to be gives an error with its line (a wrong guess would be scored as if it were text), in which a
//! likely encoding is named as a proposal.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::error::{DatasetError, Place, Problem};
use super::guess;

const BUFFER: usize = 64 * 1024;

/// Opens a file for reading as UTF-8 text, whatever its compression (gzip, zstd) and its encoding (a WHATWG label;
/// UTF-8 where `None`). A byte order mark is dropped.
///
/// # Errors
///
/// Where the file cannot be opened or the label is unknown. The reader itself gives an [`io::Error`] of kind
/// `InvalidData` at malformed bytes, which [`DatasetError::io`] turns into one with its line.
pub fn open_text(path: &Path, encoding: Option<&str>) -> Result<Box<dyn BufRead + Send>, DatasetError> {
    let declared = encoding_of(encoding).map_err(|problem| DatasetError::new(Place::file(path), problem))?;
    Ok(Box::new(Strict::new(open_bytes(path)?, declared.unwrap_or(UTF_8), declared.is_some())))
}

/// The encoding of a label.
pub(super) fn encoding_of(label: Option<&str>) -> Result<Option<&'static Encoding>, Problem> {
    match label {
        None => Ok(None),
        Some(label) => match Encoding::for_label_no_replacement(label.as_bytes()) {
            Some(encoding) => Ok(Some(encoding)),
            None => Err(Problem::UnknownEncoding(label.to_owned())),
        },
    }
}

/// Opens a file and undoes its compression.
pub(super) fn open_bytes(path: &Path) -> Result<Box<dyn BufRead + Send>, DatasetError> {
    let failed = |e: io::Error| DatasetError::io(path, &e);
    if path.is_dir() {
        return Err(DatasetError::new(Place::file(path), Problem::Unreadable("it is a folder".to_owned())));
    }
    let mut file = BufReader::with_capacity(BUFFER, File::open(path).map_err(failed)?);
    let start = file.fill_buf().map_err(failed)?;
    if start.starts_with(&[0x1f, 0x8b]) {
        let unpacked = flate2::bufread::MultiGzDecoder::new(file);
        return Ok(Box::new(BufReader::with_capacity(BUFFER, unpacked)));
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let unpacked = zstd::stream::read::Decoder::with_buffer(file).map_err(failed)?;
        return Ok(Box::new(BufReader::with_capacity(BUFFER, unpacked)));
    }
    Ok(Box::new(file))
}

/// The first bytes of a file, unpacked: enough of them to tell what they look like.
pub(super) fn sample(path: &Path) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = Vec::with_capacity(BUFFER);
    open_bytes(path)?.take(BUFFER as u64).read_to_end(&mut bytes).map_err(|e| DatasetError::io(path, &e))?;
    Ok(bytes)
}

/// Reads a whole file as text.
pub(super) fn read_text(path: &Path, encoding: Option<&str>) -> Result<String, DatasetError> {
    let mut text = String::new();
    open_text(path, encoding)?.read_to_string(&mut text).map_err(|e| DatasetError::io(path, &e))?;
    Ok(text)
}

/// Reads a whole TOML file as text, which is UTF-8 whatever the dataset's encoding.
pub(super) fn read_toml(path: &Path) -> Result<String, DatasetError> {
    let mut text = String::new();
    open_text(path, None)?.read_to_string(&mut text).map_err(|error| {
        match error.get_ref().and_then(|e| e.downcast_ref::<Malformed>()) {
            Some(malformed) => {
                DatasetError::new(Place::file(path).line(malformed.line), Problem::TomlEncoding(malformed.shown()))
            }
            None => DatasetError::io(path, &error),
        }
    })?;
    Ok(text)
}

/// Bytes that the encoding does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}", self.without_line())]
pub struct Malformed {
    /// The line they stand on, from 1.
    pub line: u64,
    /// The encoding by its name.
    pub encoding: &'static str,
    /// Whether the suite named it; if not, UTF-8 was assumed.
    pub declared: bool,
    /// The bytes, as two-digit hexadecimals.
    pub bytes: String,
    /// The encoding that the text around them looks like.
    pub guess: Option<&'static str>,
}

impl Malformed {
    /// The bytes as messages name them.
    pub(super) fn shown(&self) -> String {
        match self.bytes.as_str() {
            "" => "the last bytes of the file are".to_owned(),
            bytes if bytes.len() == 2 => format!("byte {bytes} is"),
            bytes => format!("bytes {bytes} are"),
        }
    }

    pub(super) fn without_line(&self) -> String {
        let bytes = self.shown();
        let encoding = self.encoding;
        match (self.declared, self.guess) {
            (true, Some(guess)) => {
                format!("{bytes} not {encoding}, as `encoding` says; the text looks like {guess}")
            }
            (true, None) => format!("{bytes} not {encoding}, as `encoding` says; mend the file or the label"),
            (false, Some(guess)) => format!(
                "{bytes} not UTF-8; the text looks like {guess}: if it is, write `encoding = \"{}\"` in the \
                 dataset",
                guess.to_ascii_lowercase()
            ),
            (false, None) => {
                format!("{bytes} not UTF-8; write the file's `encoding = \"…\"` in the dataset, or mend it")
            }
        }
    }
}

/// A file that is UTF-8, though the suite says otherwise: read as said, it would be scored as nonsense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file is valid UTF-8, not {encoding}, as `encoding` says; leave `encoding` out, or save the file so")]
pub struct Misdeclared {
    /// The encoding that the suite names.
    pub encoding: &'static str,
}

/// Watches whether bytes that are read in another encoding are UTF-8 after all. Big5 and GB18030 have a character for
/// most of what UTF-8 looks like, so that strict decoding alone does not find out.
struct Watch {
    decoder: Decoder,
    scratch: Vec<u8>,
    beyond_ascii: usize,
}

/// So many bytes beyond ASCII are not UTF-8 by chance.
const ENOUGH: usize = 8;

impl Watch {
    fn new(encoding: &'static Encoding) -> Option<Self> {
        let other = encoding != UTF_8 && encoding != UTF_16BE && encoding != UTF_16LE;
        other.then(|| Watch { decoder: UTF_8.new_decoder(), scratch: vec![0; BUFFER], beyond_ascii: 0 })
    }

    /// Takes the next bytes in; whether they can still be UTF-8.
    fn take(&mut self, mut bytes: &[u8]) -> bool {
        self.beyond_ascii += bytes.iter().filter(|b| !b.is_ascii()).count();
        while !bytes.is_empty() {
            let (result, read, _) = self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.scratch, false);
            if matches!(result, DecoderResult::Malformed(..)) {
                return false;
            }
            bytes = &bytes[read..];
        }
        true
    }
}

/// A reader that turns an encoding into UTF-8 and stops at what is malformed.
struct Strict<R> {
    inner: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    declared: bool,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    newlines: u64,
    begun: bool,
    finished: bool,
    malformed: Option<Malformed>,
    watch: Option<Watch>,
}

impl<R: BufRead> Strict<R> {
    fn new(inner: R, encoding: &'static Encoding, declared: bool) -> Self {
        Strict {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            encoding,
            declared,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            newlines: 0,
            begun: false,
            finished: false,
            malformed: None,
            watch: Watch::new(encoding),
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        while self.start == self.end && !self.finished {
            if let Some(malformed) = &self.malformed {
                return Err(io::Error::new(io::ErrorKind::InvalidData, malformed.clone()));
            }
            let input = self.inner.fill_buf()?;
            let last = input.is_empty();
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(input, &mut self.buffer, last);
            self.newlines += self.buffer[..written].iter().filter(|b| **b == b'\n').count() as u64;
            if self.watch.as_mut().is_some_and(|watch| !watch.take(&input[..read])) {
                self.watch = None;
            }
            if let DecoderResult::Malformed(bad, after) = result {
                let end = read.saturating_sub(usize::from(after));
                let start = end.saturating_sub(usize::from(bad));
                self.malformed = Some(Malformed {
                    line: self.newlines + 1,
                    encoding: self.encoding.name(),
                    declared: self.declared,
                    bytes: input[start..end].iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(" "),
                    guess: match &self.watch {
                        Some(watch) if watch.beyond_ascii >= ENOUGH => Some(UTF_8.name()),
                        _ => {
                            let first = !self.begun && start == 0;
                            let look = if first { guess::encoding } else { guess::within };
                            look(&input[start..]).map(Encoding::name).filter(|e| *e != self.encoding.name())
                        }
                    },
                });
            }
            if last && self.watch.as_ref().is_some_and(|watch| watch.beyond_ascii >= ENOUGH) {
                let encoding = self.encoding.name();
                return Err(io::Error::new(io::ErrorKind::InvalidData, Misdeclared { encoding }));
            }
            self.finished = last && result == DecoderResult::InputEmpty;
            self.begun = true;
            self.inner.consume(read);
            (self.start, self.end) = (0, written);
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Strict<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let taken = available.len().min(out.len());
        out[..taken].copy_from_slice(&available[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Strict<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.decode()?;
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.start = (self.start + amount).min(self.end);
    }
}
