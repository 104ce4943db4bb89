//! The first words of something long, for a message of one line.

/// Characters of an excerpt.
const LONGEST: usize = 240;

/// A text in one line, of which the beginning stands for the whole where it is long.
pub fn shorten(text: &str) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
            length += 1;
        }
        for c in word.chars() {
            if length == LONGEST {
                line.push('…');
                return line;
            }
            line.push(c);
            length += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(shorten(" a\r\n\tb\u{7}c "), "a b c");
        assert_eq!(shorten(&"字".repeat(1000)).chars().count(), LONGEST + 1);
        assert_eq!(shorten(&"w ".repeat(1000)).chars().last(), Some('…'));
        assert_eq!(shorten(""), "");
    }
}
