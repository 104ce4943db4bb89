//! What the quantity reader understands of the forms that public recognizers are tested with, Chinese and English.

use epitome::fact::quantities;
use epitome::model::Lang;

/// The share of the table that must be understood.
const MUST: usize = 95;

#[test]
fn numerals_percentages_currencies_and_dimensions_are_understood() {
    let table = include_str!("facts/recognizers.tsv");
    let (mut all, mut understood, mut missed) = (0, 0, Vec::new());
    for line in table.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [lang, text, value, unit] = cells[..] else { panic!("four cells: {line}") };
        let lang = Lang::new(if lang == "zh" { "zh-CN" } else { lang });
        let found = quantities(text, Some(&lang), None);
        let is = |q: &epitome::model::Quantity| {
            q.value.as_deref() == Some(value) && q.unit.as_deref().unwrap_or("-") == unit
        };
        all += 1;
        if found.iter().any(is) {
            understood += 1;
        } else {
            missed.push(text);
        }
    }
    insta::assert_snapshot!("recognizers_missed", missed.join("\n"));
    assert!(all >= 250, "{all} forms");
    assert!(understood * 100 >= all * MUST, "{understood} of {all}: {missed:?}");
}
