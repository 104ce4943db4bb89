//! Laying text out in columns of a fixed pitch, where a Han character is two wide.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cells that a text takes up on a terminal.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Pads with spaces on the right to a width.
pub fn left(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// Pads with spaces on the left to a width.
pub fn right(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

/// Cuts a text to a width, with `…` where something was cut.
pub fn fit(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > most {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// Closing marks, which do not begin a line, and opening ones, which do not end it.
const NOT_FIRST: &str = "，。、；：？！）」』”’》〉】…—％%,.;:?!)]}";
const NOT_LAST: &str = "（「『“‘《〈【([{";

/// Breaks a text into lines of at most `most` cells: at spaces, and beside wide characters as Chinese is broken.
/// A word wider than a line is cut.
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let (mut rest, piece_width) = (piece, width(piece.trim_end()));
        if !line.is_empty() && width(&line) + piece_width > most {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            rest = rest.trim_start();
        }
        while width(rest.trim_end()) > most {
            let cut = rest.char_indices().scan(0, |used, (at, c)| {
                *used += c.width().unwrap_or(0);
                (*used <= most).then_some(at + c.len_utf8())
            });
            let at = cut.last().unwrap_or(rest.len());
            lines.push(rest[..at].to_owned());
            rest = &rest[at..];
        }
        line.push_str(rest);
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Cuts a text wherever a line may be broken, each piece with the spaces that follow it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = chars.next() {
            let end = at + c.len_utf8();
            let breaks = match chars.peek() {
                None => true,
                Some((_, next)) => may_break(c, *next),
            };
            if breaks {
                let piece = &text[start..end];
                start = end;
                return Some(piece);
            }
        }
        None
    })
}

fn may_break(before: char, after: char) -> bool {
    if before == ' ' {
        return after != ' ';
    }
    let wide = |c: char| c.width() == Some(2);
    after != ' ' && (wide(before) || wide(after)) && !NOT_FIRST.contains(after) && !NOT_LAST.contains(before)
}

/// Deals columns into blocks, so that each block with its row labels is at most `most` cells wide.
pub fn blocks(label: usize, columns: &[usize], gap: usize, most: usize) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut used) = (0, label);
    for (at, column) in columns.iter().enumerate() {
        if at > start && used + gap + column > most {
            blocks.push(start..at);
            (start, used) = (at, label);
        }
        used += gap + column;
    }
    blocks.push(start..columns.len());
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_is_two_wide() {
        assert_eq!(left("摘要", 6), "摘要  ");
        assert_eq!(right("摘要a", 6), " 摘要a");
        assert_eq!(fit("上合組織峰會", 7), "上合組…");
    }

    #[test]
    fn lines_break_between_han_but_not_before_a_full_stop() {
        assert_eq!(wrap("今年內提供援助。", 14), ["今年內提供援", "助。"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("", 20), [""]);
        assert!(wrap(&"x".repeat(50), 20).iter().all(|l| width(l) <= 20));
    }

    #[test]
    fn nothing_is_lost_in_wrapping() {
        let text = "中國今年內將向成員國提供人民幣20億元無償援助, and 10 billion yuan in loans「三年」。";
        for most in 8..60 {
            let lines = wrap(text, most);
            let bare = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            assert_eq!(bare(&lines.concat()), bare(text));
            assert!(lines.iter().all(|l| width(l) <= most), "{most}: {lines:?}");
        }
    }

    #[test]
    fn columns_are_dealt_into_blocks() {
        assert_eq!(blocks(10, &[10, 10, 10], 2, 34), [0..2, 2..3]);
        assert_eq!(blocks(10, &[100, 10], 2, 34), [0..1, 1..2]);
        assert_eq!(blocks(10, &[], 2, 34).len(), 1);
    }
}
