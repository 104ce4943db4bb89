use crate::fact::{Context, Prepared};
use crate::model::{Fact, NameJudgement, Support};

fn names(source: &str, facts: &[Fact], summary: &str) -> Vec<NameJudgement> {
    let report = Prepared::new(&Context { source: Some(source), ..Context::default() }, facts).check(summary, None);
    let chars: Vec<char> = summary.chars().collect();
    for name in &report.names {
        let words: String = chars[name.start..name.end].iter().collect();
        assert_eq!(words, name.surface, "a span is its surface");
    }
    report.names
}

#[track_caller]
fn one(source: &str, summary: &str, surface: &str, canonical: &str, verdict: Support) {
    let names = names(source, &[], summary);
    let name = names.iter().find(|n| n.surface == surface).unwrap_or_else(|| panic!("{surface} in {names:#?}"));
    assert_eq!((name.canonical.as_str(), name.verdict), (canonical, verdict), "{name:#?}");
    assert_eq!(name.evidence.is_some(), verdict == Support::Supported, "{name:#?}");
}

#[test]
fn abbreviations_that_the_article_introduces() {
    let cases = [
        ("The Meridian Harbour Board (MHB) met on Monday.", "MHB approved it.", "MHB", "Meridian Harbour Board"),
        (
            "The MHB (Meridian Harbour Board) met.",
            "Meridian Harbour Board met.",
            "Meridian Harbour Board",
            "Meridian Harbour Board",
        ),
        ("雲溪河川治理委員會（雲溪河委會）今日成立。", "雲溪河委會成立。", "雲溪河委會", "雲溪河川治理委員會"),
        ("雲溪河川治理委員會，以下簡稱「河委會」，今日成立。", "河委會今天成立。", "河委會", "河川治理委員會"),
        ("Bank of Lower Meridian (\"BLM\") raised rates.", "BLM raised rates.", "BLM", "Bank of Lower Meridian"),
    ];
    for (source, summary, surface, canonical) in cases {
        one(source, summary, surface, canonical, Support::Supported);
    }
}

#[test]
fn translations_that_the_article_introduces() {
    let source = "雲溪河川聯盟（Yunxi River League，YRL）昨日開會。雲溪河川聯盟有12個會員。";
    one(source, "The Yunxi River League met; YRL has 12 members.", "YRL", "雲溪河川聯盟", Support::Supported);
    one(source, "The Yunxi River League met.", "Yunxi River League", "雲溪河川聯盟", Support::Supported);
    let source = "The Yunxi River League (雲溪河川聯盟) met.";
    one(source, "云溪河川联盟开会。", "云溪河川联盟", "Yunxi River League", Support::Supported);
}

#[test]
fn common_names_in_both_languages() {
    one("中國與日本簽署協定。", "China and Japan signed.", "Japan", "Japan", Support::Supported);
    one("中國與日本簽署協定。", "China and Norway signed.", "Norway", "Norway", Support::Unsupported);
    one("世界衛生組織（WHO）發布指引。", "WHO issued guidance.", "WHO", "世界衛生組織", Support::Supported);
}

#[test]
fn small_words_are_no_names() {
    let names = names("The turkey was served to all who came.", &[], "Who came ate turkey, and so did us.");
    assert!(names.is_empty(), "{names:#?}");
}

#[test]
fn what_stands_in_brackets_by_chance_is_no_name() {
    for source in
        ["市長今（1日）出席典禮。（圖／記者攝）", "He came (late) and left (see page 4).", "The fee (USD 5) is due."]
    {
        assert!(names(source, &[], source).is_empty(), "{source}: {:#?}", names(source, &[], source));
    }
}

#[test]
fn aliases_of_the_checklist_are_names() {
    let fact: Fact = serde_json::from_str(
        r#"{"id": "host", "kind": "entity", "claim": "The mayor opened it.", "aliases": ["Lady Holt", "Ana Holt"]}"#,
    )
    .expect("a fact");
    let names = names("The mayor opened it.", &[fact], "Ana Holt opened it.");
    assert_eq!((names[0].surface.as_str(), names[0].verdict), ("Ana Holt", Support::Supported));
    assert!(names[0].reason.contains("fact `host`"), "{}", names[0].reason);
}
