//! Text of others made harmless: on one line, bounded, without characters that steer a terminal or reorder a line.

/// Puts a text on one line: white space and control characters become a space, other controls their picture, and
/// what reorders text (bidirectional overrides and isolates) the replacement character.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        out.push(harmless(c));
    }
    out
}

/// As [`line()`], and cut to so many scalar values, with `…` where something was cut.
pub fn clip(text: &str, most: usize) -> String {
    // Reading a little more than is kept suffices, however long the text.
    let head: String = text.chars().take(most.saturating_mul(2).saturating_add(16)).collect();
    let whole = head.len() == text.len();
    let clean = line(&head);
    if whole && clean.chars().count() <= most {
        return clean;
    }
    let mut cut: String = clean.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// A character, or what stands for it where it would steer the reader's terminal or reorder the line.
pub fn harmless(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        // Bidirectional controls, line and paragraph separators, interlinear annotation, tags.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => '\u{fffd}',
        '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{feff}' => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_controls() {
        assert_eq!(line("a\r\n  b\u{1b}[31mc\u{202e}d\0"), "a b␛[31mc\u{fffd}d␀");
        assert_eq!(line("  \n "), "");
    }

    #[test]
    fn clipping_counts_scalar_values_and_is_cheap_on_long_lines() {
        assert_eq!(clip("上合組織峰會", 6), "上合組織峰會");
        assert_eq!(clip("上合組織峰會登場", 6), "上合組織峰…");
        assert_eq!(clip(&"x".repeat(1_000_000), 10), "xxxxxxxxx…");
        assert_eq!(clip(&" ".repeat(1_000_000), 10), "…");
    }
}
