//! A page's lines: their numbers, and which of them are page furniture (captions, bylines, photo credits, links).

use std::sync::LazyLock;

use crate::fact::forms::fold;
use crate::fact::page::Page;

/// Where lines begin, and which of them are no prose.
pub(super) struct Lines {
    starts: Vec<usize>,
    furniture: Vec<bool>,
}

/// What marks a line as furniture.
struct Marks {
    anywhere: Vec<String>,
    beginning: Vec<String>,
    short: Vec<String>,
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| {
    let mut marks = Marks { anywhere: Vec::new(), beginning: Vec::new(), short: Vec::new() };
    let lines = include_str!("../data/furniture.txt").lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    for line in lines {
        let folded = |text: &str| fold(&text.replace('_', " ")).into_iter().collect::<String>();
        match line.split_at_checked(1) {
            Some(("=", mark)) => marks.anywhere.push(folded(mark)),
            Some(("^", mark)) => marks.beginning.push(folded(mark)),
            _ => marks.short.push(folded(line)),
        }
    }
    marks
});

/// A line of prose is longer than this many characters, or ends in a full stop.
const SHORT: usize = 60;

impl Lines {
    pub(super) fn of(page: &Page) -> Lines {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(page.raw.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(i, _)| i + 1))
            .collect();
        let line = |i: usize| {
            let end = starts.get(i + 1).copied().unwrap_or(page.raw.len());
            page.text[starts[i]..end].iter().collect::<String>()
        };
        let furniture = (0..starts.len()).map(|i| furniture(line(i).trim())).collect();
        Lines { starts, furniture }
    }

    fn index(&self, at: usize) -> usize {
        self.starts.partition_point(|s| *s <= at).saturating_sub(1)
    }

    /// The number of the line that holds a place, from 1.
    pub(super) fn number(&self, at: usize) -> usize {
        self.index(at) + 1
    }

    /// Whether the line that holds a place is no prose.
    pub(super) fn furniture(&self, at: usize) -> bool {
        self.furniture.get(self.index(at)).copied().unwrap_or(false)
    }
}

fn furniture(line: &str) -> bool {
    let ends = line.trim_end_matches(['"', '”', '」', '』', ')', ' ']).ends_with(['。', '.', '！', '？', '!', '?']);
    let prose = ends || line.chars().count() > SHORT;
    MARKS.anywhere.iter().any(|mark| line.contains(mark))
        || MARKS.beginning.iter().any(|mark| line.starts_with(mark) && (!prose || !mark.ends_with(' ')))
        || !prose && MARKS.short.iter().any(|mark| line.contains(mark))
}
