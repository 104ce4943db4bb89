//! How many of something, in English words.

/// `1 article`, `2 articles`, `3 summaries`: a number with its noun, which is given in the singular.
///
/// ```
/// use epitome::model::count;
/// assert_eq!(count(1, "article"), "1 article");
/// assert_eq!(count(0, "summary"), "0 summaries");
/// ```
pub fn count(n: impl TryInto<u128> + Copy + std::fmt::Display, noun: &str) -> String {
    if n.try_into().is_ok_and(|n: u128| n == 1) {
        return format!("{n} {noun}");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{n} {stem}ies"),
        _ => format!("{n} {noun}s"),
    }
}
