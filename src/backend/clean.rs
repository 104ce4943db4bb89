//! Cleaning of outputs, as steps that a suite declares: `clean = ["think", "fence", "label"]`.
//!
//! Steps run in the order given; the record keeps which of them changed something, and the text before them.
//!
//! - `think`: takes out `<think> … </think>` (also `thinking`, `reasoning`). One that never closes hides all that follows; a
//!   closing tag without an opening one (some chat templates keep the opening one to themselves) ends a block that began
//!   with the text.
//! - `fence`: takes off a code fence that encloses the whole text.
//! - `label`: takes off a heading such as `**Summary:**`, `摘要：` or `Here is a summary of the article:`
//!   (`clean.labels.txt`).
//!
//! ```
//! use epitome::backend::clean::{Step, clean};
//!
//! let steps = [Step::Think, Step::Fence, Step::Label];
//! let answer = "<think>Short, then.</think>\n**Summary:** Rates rose.";
//! assert_eq!(clean(answer, &steps), ("Rates rose.".to_owned(), vec!["think", "label"]));
//! ```

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A step of cleaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Blocks of thought.
    Think,
    /// A code fence around the whole.
    Fence,
    /// A heading.
    Label,
}

impl Step {
    /// Its name in suites and records.
    pub fn name(self) -> &'static str {
        match self {
            Step::Think => "think",
            Step::Fence => "fence",
            Step::Label => "label",
        }
    }
}

/// The text after the steps, without white space around it, and the names of the steps that changed it.
pub fn clean(text: &str, steps: &[Step]) -> (String, Vec<&'static str>) {
    let mut text = text.trim().to_owned();
    let mut changed = Vec::new();
    for step in steps {
        let next = match step {
            Step::Think => without_thought(&text),
            Step::Fence => without_fence(&text).map(str::to_owned),
            Step::Label => without_label(&text).map(str::to_owned),
        };
        if let Some(next) = next {
            text = next.trim().to_owned();
            changed.push(step.name());
        }
    }
    (text, changed)
}

const TAGS: [&str; 3] = ["think", "thinking", "reasoning"];

fn without_thought(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    let mut changed = false;
    for tag in TAGS {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let mut kept = String::new();
        let mut rest = text.as_str();
        if let Some(end) = rest.find(&close).filter(|&end| rest.find(&open).is_none_or(|start| end < start)) {
            rest = &rest[end + close.len()..];
            changed = true;
        }
        while let Some(start) = rest.find(&open) {
            kept.push_str(&rest[..start]);
            let after = &rest[start + open.len()..];
            rest = after.find(&close).map_or("", |end| &after[end + close.len()..]);
            changed = true;
        }
        kept.push_str(rest);
        text = kept;
    }
    changed.then_some(text)
}

fn without_fence(text: &str) -> Option<&str> {
    let fence = ["```", "~~~"].into_iter().find(|fence| text.starts_with(fence))?;
    let (info, inner) = text[fence.len()..].split_once('\n')?;
    let inner = inner.strip_suffix(fence)?;
    (!info.contains(fence) && !inner.contains(fence)).then_some(inner)
}

static LABELS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut labels: Vec<&str> =
        include_str!("clean.labels.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    labels.sort_by_key(|label| std::cmp::Reverse(label.len()));
    labels
});

fn without_label(text: &str) -> Option<&str> {
    let marks = |c: char| matches!(c, '#' | '*' | '_' | ' ' | '【' | '】' | '[' | ']');
    let head = text.trim_start_matches(marks);
    LABELS.iter().find_map(|label| {
        let rest = strip_folded(head, label)?;
        let rest = rest.trim_start_matches(marks);
        let rest = rest.strip_prefix([':', '：', '\n'])?;
        Some(rest.trim_start_matches(|c: char| matches!(c, '*' | '_') || c.is_whitespace()))
    })
}

/// The text without a prefix, which is in lower case, whatever the case of the text.
fn strip_folded<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut chars = text.chars();
    for wanted in prefix.chars() {
        // A typographic apostrophe serves as well as a straight one.
        let c = chars.next().map(|c| if c == '’' { '\'' } else { c })?;
        if !c.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    Some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(step: Step, text: &str) -> String {
        clean(text, &[step]).0
    }

    #[test]
    fn thought_goes_and_the_rest_stays() {
        assert_eq!(one(Step::Think, "<think>a\nb</think>\n\nRates rose."), "Rates rose.");
        assert_eq!(one(Step::Think, "so then</think> Rates rose."), "Rates rose.");
        assert_eq!(one(Step::Think, "A<think>x</think>B<thinking>y</thinking>C"), "ABC");
        assert_eq!(one(Step::Think, "<think>never ends"), "");
        assert_eq!(one(Step::Think, "x < think > y"), "x < think > y");
    }

    #[test]
    fn a_fence_goes_only_where_it_encloses_all() {
        assert_eq!(one(Step::Fence, "```text\nRates rose.\n```"), "Rates rose.");
        assert_eq!(one(Step::Fence, "```\n摘要。\n```\n"), "摘要。");
        assert_eq!(one(Step::Fence, "See ```x``` here"), "See ```x``` here");
        assert_eq!(one(Step::Fence, "```\na\n```\nb\n```\nc\n```"), "```\na\n```\nb\n```\nc\n```");
    }

    #[test]
    fn labels_go_in_any_dress() {
        for labelled in [
            "Summary: Rates rose.",
            "**Summary:** Rates rose.",
            "**Summary**: Rates rose.",
            "## SUMMARY\n\nRates rose.",
            "Here’s a summary of the article:\n\nRates rose.",
            "摘要：Rates rose.",
            "【摘要】：Rates rose.",
            "以下是文章的摘要：\nRates rose.",
        ] {
            assert_eq!(clean(labelled, &[Step::Label]), ("Rates rose.".into(), vec!["label"]), "{labelled}");
        }
    }

    #[test]
    fn what_only_looks_like_a_label_stays() {
        for text in ["Summary courts met.", "摘要顯示成長。", "Summarys: x", "*Stars* rose."] {
            assert_eq!(clean(text, &[Step::Label]), (text.into(), vec![]));
        }
    }
}
