//! The text of HTML, as a reader sees it.
//!
//! For articles that a content system exports with their markup. A tag stripper of our own, as the crates that do this
//! either carry a browser's parser (html5ever) or render for a terminal; the names of entities come from html-escape.
//! Malformed markup never fails: a `<` that begins no tag is a `<`.

use html_escape::decode_html_entities;

/// Elements that begin and end on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Elements whose content is no text.
const DROPPED: &[&str] = &["script", "style", "template", "noscript", "iframe", "object", "svg"];

/// The text of HTML: tags and comments gone, the content of scripts and styles with them, entities decoded, block
/// elements and `<br>` as line breaks. White space is collapsed as a browser does, except where the markup breaks no
/// line itself, so that plain paragraphs with a few inline tags keep theirs.
pub fn to_text(html: &str) -> String {
    let breaks = has_line_markup(html);
    let mut out = Text { text: String::with_capacity(html.len()), collapse: breaks };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push(&rest[..at]);
        rest = &rest[at..];
        match markup(rest) {
            Markup::None => {
                out.push("<");
                rest = &rest[1..];
            }
            Markup::Other(length) => rest = &rest[length..],
            Markup::Tag { name, closing, length } => {
                rest = &rest[length..];
                if name == "br" {
                    out.line_break();
                } else if BLOCKS.contains(&name.as_str()) {
                    out.block();
                } else if matches!(name.as_str(), "td" | "th") && !closing {
                    out.cell();
                } else if DROPPED.contains(&name.as_str()) && !closing {
                    rest = after_element(rest, &name);
                }
            }
        }
    }
    out.push(rest);
    out.finish()
}

/// Whether the markup itself says where lines break.
fn has_line_markup(html: &str) -> bool {
    html.match_indices('<').any(|(at, _)| match markup(&html[at..]) {
        Markup::Tag { name, .. } => name == "br" || BLOCKS.contains(&name.as_str()),
        _ => false,
    })
}

/// Whether a text holds tags of the kind that articles are marked up with.
pub fn looks_marked_up(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| match markup(&text[at..]) {
        Markup::Tag { name, closing, .. } => {
            closing && matches!(name.as_str(), "p" | "div" | "span" | "a" | "b" | "strong") || name == "br"
        }
        _ => false,
    })
}

/// What begins at a `<`.
enum Markup {
    /// Nothing: the character itself.
    None,
    /// A comment, a declaration or a processing instruction, of a length in bytes.
    Other(usize),
    /// A tag.
    Tag { name: String, closing: bool, length: usize },
}

fn markup(html: &str) -> Markup {
    if let Some(comment) = html.strip_prefix("<!--") {
        return Markup::Other(comment.find("-->").map_or(html.len(), |end| 4 + end + 3));
    }
    if html.starts_with("<!") || html.starts_with("<?") {
        return html.find('>').map_or(Markup::None, |end| Markup::Other(end + 1));
    }
    let closing = html.starts_with("</");
    let start = if closing { 2 } else { 1 };
    let after = &html[start..];
    if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Markup::None;
    }
    let name_length = after.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(after.len());
    // A `>` within a quoted attribute does not end the tag.
    let mut quote = None;
    for (at, c) in after.char_indices().skip(name_length) {
        match (quote, c) {
            (None, '>') => {
                let name = after[..name_length].to_ascii_lowercase();
                return Markup::Tag { name, closing, length: start + at + 1 };
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    Markup::None
}

/// What follows the end tag of an element that has begun.
fn after_element<'h>(html: &'h str, name: &str) -> &'h str {
    for (at, _) in html.match_indices("</") {
        if let Markup::Tag { name: ended, closing: true, length } = markup(&html[at..])
            && ended == name
        {
            return &html[at + length..];
        }
    }
    ""
}

/// The text as it comes about.
struct Text {
    text: String,
    collapse: bool,
}

impl Text {
    fn push(&mut self, raw: &str) {
        let decoded = decode_html_entities(raw);
        for c in decoded.chars() {
            match c {
                '\u{80}'..='\u{9f}' => self.text.push(windows_1252(c)),
                '\u{a0}' => self.text.push(' '),
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if self.collapse => {
                    if !self.text.ends_with([' ', '\n', '\t']) {
                        self.text.push(' ');
                    }
                }
                c => self.text.push(c),
            }
        }
    }

    fn line_break(&mut self) {
        self.trim_spaces();
        self.text.push('\n');
    }

    fn block(&mut self) {
        self.trim_spaces();
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn cell(&mut self) {
        self.trim_spaces();
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\t');
        }
    }

    fn trim_spaces(&mut self) {
        let length = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(length);
    }

    fn finish(self) -> String {
        self.text.trim_matches([' ', '\n', '\t', '\r']).to_owned()
    }
}

/// What a C1 control stands for: `&#146;` is an apostrophe in windows-1252, as the HTML standard reads it.
fn windows_1252(c: char) -> char {
    let byte = [u8::try_from(u32::from(c)).unwrap_or(b'?')];
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_breaks_are_lines_and_white_space_collapses() {
        let html = "<div>\n  <h1>Rate   cut</h1>\n  <p>The bank\ncut its rate.<br/>Twice.</p><p>Again.</p>\n</div>";
        assert_eq!(to_text(html), "Rate cut\nThe bank cut its rate.\nTwice.\nAgain.");
    }

    #[test]
    fn scripts_styles_and_comments_are_dropped_with_their_content() {
        let html =
            "<p>One<script type='x'>if (a < b) { \"</p>\" }</script> two<!-- <p>three --><STYLE>p{}</STYLE>.</p>";
        assert_eq!(to_text(html), "One two.");
        assert_eq!(to_text("One<script>never closed"), "One");
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(to_text("AT&amp;T &lt;3 &#20116;&#x9ede; &hellip; &amp;lt; it&#146;s"), "AT&T <3 五點 … &lt; it’s");
        assert_eq!(to_text("a&nbsp;b &unknown; & c"), "a b &unknown; & c");
    }

    #[test]
    fn what_is_no_tag_stays() {
        assert_eq!(to_text("1 < 2 and 3 > 2, <3, x<"), "1 < 2 and 3 > 2, <3, x<");
        assert_eq!(to_text("<a title=\"1 > 0\" href=x>link</a> ends"), "link ends");
        assert_eq!(to_text("never <b closed"), "never <b closed");
    }

    #[test]
    fn lines_of_plain_paragraphs_with_inline_tags_are_kept() {
        assert_eq!(to_text("第一段<b>重點</b>。\n\n第二段。"), "第一段重點。\n\n第二段。");
    }

    #[test]
    fn cells_of_a_row_are_apart() {
        assert_eq!(to_text("<table><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>"), "A\t1\nB\t2");
    }

    #[test]
    fn marked_up_text_is_told_from_text_with_angle_brackets() {
        assert!(looks_marked_up("<p>One</p>"));
        assert!(looks_marked_up("one<br>two"));
        assert!(!looks_marked_up("1 < 2 > 0, <name>, p < .05"));
    }
}
