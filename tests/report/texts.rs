//! Summaries with what is said of them, good and wrong in the ways that real ones are.

use epitome::model::record::ItemFact;
use epitome::model::{FactJudgement, Quantity, QuantityJudgement, Span, Support, Verdict};

/// The parts of a summary, and what is said of it.
pub struct Text {
    pub dataset: &'static str,
    pub id: &'static str,
    pub lang: &'static str,
    pub summary: &'static str,
    pub facts: Vec<ItemFact>,
    pub quantities: Vec<QuantityJudgement>,
}

/// A span of a text, found by its words.
fn span(text: &str, words: &str) -> Span {
    let at = text.find(words).unwrap_or_else(|| panic!("{words:?} is not in {text:?}"));
    let start = text[..at].chars().count();
    Span { start, end: start + words.chars().count(), text: words.into() }
}

struct Judged<'a> {
    id: &'a str,
    group: &'a str,
    claim: &'a str,
    verdict: Verdict,
    evidence: &'a str,
    reason: &'a str,
}

fn fact(summary: &str, must: bool, judged: Judged<'_>) -> ItemFact {
    let evidence = (!judged.evidence.is_empty()).then(|| span(summary, judged.evidence));
    let score = if judged.verdict == Verdict::Covered { 1.0 } else { 0.0 };
    ItemFact {
        judgement: FactJudgement {
            id: judged.id.into(),
            verdict: judged.verdict,
            score,
            evidence,
            reason: judged.reason.into(),
            overridden: None,
        },
        claim: judged.claim.into(),
        kind: None,
        group: (!judged.group.is_empty()).then(|| judged.group.to_owned()),
        weight: 1.0,
        must,
        draft: false,
        beyond_cut: false,
    }
}

fn figure(
    summary: &str,
    surface: &str,
    value: &str,
    unit: &str,
    error: Option<&str>,
    reason: &str,
) -> QuantityJudgement {
    let at = span(summary, surface);
    QuantityJudgement {
        quantity: Quantity {
            surface: surface.into(),
            start: at.start,
            end: at.end,
            kind: "money".into(),
            value: Some(value.into()),
            unit: Some(unit.into()),
            of: None,
            per: None,
            change: None,
            modifier: None,
        },
        verdict: if error.is_some() { Support::Unsupported } else { Support::Supported },
        error: error.map(str::to_owned),
        evidence: None,
        reason: reason.into(),
        overridden: None,
    }
}

const GRANTS_HANT: &str = "中國今年內將向成員國提供人民幣20億元無償援助。";
const LOANS_HANT: &str = "中國未來三年將對銀行聯合體成員行新增人民幣100億元貸款。";

pub fn hant_swapped() -> Text {
    let summary = "上海合作組織2025年峰會9月1日在天津舉行。中國將推動100個「小而美」民生項目，今年內提供人民幣100億元無償援助，未來三年對銀行聯合體成員行新增人民幣20億元貸款。";
    let grants = Judged {
        id: "pledge-grants",
        group: "pledges",
        claim: GRANTS_HANT,
        verdict: Verdict::Contradicted,
        evidence: "人民幣100億元無償援助",
        reason: "grants are given as CNY 10000000000; the claim says CNY 2000000000",
    };
    let loans = Judged {
        id: "pledge-loans",
        group: "pledges",
        claim: LOANS_HANT,
        verdict: Verdict::Contradicted,
        evidence: "人民幣20億元貸款",
        reason: "loans are given as CNY 2000000000; the claim says CNY 10000000000",
    };
    let places = Judged {
        id: "pledge-training",
        group: "pledges",
        claim: "中國未來五年將提供1萬個人力資源研習培訓名額。",
        verdict: Verdict::Missing,
        evidence: "",
        reason: "no figure of 10000 training places is found",
    };
    Text {
        dataset: "summit",
        id: "sco-2025.zh-Hant",
        lang: "zh-TW",
        summary,
        facts: vec![fact(summary, true, grants), fact(summary, true, loans), fact(summary, true, places)],
        quantities: vec![
            figure(summary, "人民幣100億元", "10000000000", "CNY", Some("swap"), "the source gives it for loans"),
            figure(summary, "100個", "100", "project", None, "the source says 100個「小而美」民生項目"),
        ],
    }
}

pub fn hant() -> Text {
    let summary = "上合組織峰會9月1日在天津登場。中國今年內提供人民幣20億元無償援助，未來三年新增貸款人民幣100億元。";
    let grants = Judged {
        id: "pledge-grants",
        group: "pledges",
        claim: GRANTS_HANT,
        verdict: Verdict::Covered,
        evidence: "人民幣20億元無償援助",
        reason: "grants of CNY 2000000000 within the year",
    };
    let loans = Judged {
        id: "pledge-loans",
        group: "pledges",
        claim: LOANS_HANT,
        verdict: Verdict::Covered,
        evidence: "貸款人民幣100億元",
        reason: "loans of CNY 10000000000 over three years",
    };
    let places = Judged {
        id: "pledge-training",
        group: "pledges",
        claim: "中國未來五年將提供1萬個人力資源研習培訓名額。",
        verdict: Verdict::Missing,
        evidence: "",
        reason: "no figure of 10000 training places is found",
    };
    Text {
        dataset: "summit",
        id: "sco-2025.zh-Hant",
        lang: "zh-TW",
        summary,
        facts: vec![fact(summary, true, grants), fact(summary, true, loans), fact(summary, true, places)],
        quantities: vec![figure(summary, "人民幣20億元", "2000000000", "CNY", None, "the source says 人民幣20億元")],
    }
}

pub fn hans_invented() -> Text {
    let summary = "2025年9月1日，上海合作组织峰会在天津举行。中国同其他成员国累计贸易额突破2.3万亿美元，对其他成员国的投资存量超过8400亿美元。";
    let investment = Judged {
        id: "figure-investment",
        group: "figures",
        claim: "中国对其他成员国的投资存量超过840亿美元。",
        verdict: Verdict::Contradicted,
        evidence: "超过8400亿美元",
        reason: "the investment stock is given as over USD 840000000000; the claim says over USD 84000000000",
    };
    Text {
        dataset: "summit",
        id: "sco-2025.zh-Hans",
        lang: "zh-CN",
        summary,
        facts: vec![fact(summary, false, investment)],
        quantities: vec![
            figure(summary, "2.3万亿美元", "2300000000000", "USD", None, "the source says 2.3万亿美元"),
            figure(
                summary,
                "超过8400亿美元",
                "840000000000",
                "USD",
                Some("magnitude"),
                "the source says 超过840亿美元",
            ),
        ],
    }
}

pub fn hans() -> Text {
    let summary = "上合组织峰会在天津举行，中国对其他成员国的投资存量超过840亿美元，年度贸易额约6500亿美元。";
    let investment = Judged {
        id: "figure-investment",
        group: "figures",
        claim: "中国对其他成员国的投资存量超过840亿美元。",
        verdict: Verdict::Covered,
        evidence: "超过840亿美元",
        reason: "an investment stock of over USD 84000000000",
    };
    Text {
        dataset: "summit",
        id: "sco-2025.zh-Hans",
        lang: "zh-CN",
        summary,
        facts: vec![fact(summary, false, investment)],
        quantities: vec![figure(
            summary,
            "约6500亿美元",
            "650000000000",
            "USD",
            Some("value"),
            "the source says 超过5000亿美元 of annual trade",
        )],
    }
}

pub fn english(v1: bool) -> Text {
    let summary = if v1 {
        "China hosted the 2025 summit of the Shanghai Cooperation Organization in Shanghai on September 1. It will double SCO scholarships from next year."
    } else {
        "China hosted the 2025 summit of the Shanghai Cooperation Organization in Tianjin on September 1. It will double SCO scholarships from next year."
    };
    let place = Judged {
        id: "event-place",
        group: "event",
        claim: "The 2025 SCO summit was held in Tianjin.",
        verdict: if v1 { Verdict::Contradicted } else { Verdict::Covered },
        evidence: if v1 { "in Shanghai" } else { "in Tianjin" },
        reason: if v1 {
            "the summit is placed in Shanghai; the claim says Tianjin"
        } else {
            "the summit is placed in Tianjin"
        },
    };
    let workshops = Judged {
        id: "pledge-workshops",
        group: "pledges",
        claim: "China will set up ten Luban Workshops in member countries over the next five years.",
        verdict: Verdict::Missing,
        evidence: "",
        reason: "no Luban Workshops are named",
    };
    Text {
        dataset: "summit",
        id: "sco-2025.en",
        lang: "en",
        summary,
        facts: vec![fact(summary, false, place), fact(summary, true, workshops)],
        quantities: Vec::new(),
    }
}

pub fn typhoon(good: bool) -> Text {
    let summary = if good {
        "颱風梅楓造成全台停電戶數一度達12萬3000戶，預計週五下午離開。"
    } else {
        "颱風梅楓帶來豪雨，預計週五下午離開。"
    };
    let outages = Judged {
        id: "outages",
        group: "",
        claim: "停電戶數最高達12萬3000戶。",
        verdict: if good { Verdict::Covered } else { Verdict::Missing },
        evidence: if good { "12萬3000戶" } else { "" },
        reason: if good { "123000 households without power" } else { "no figure of 123000 households is found" },
    };
    Text {
        dataset: "invented",
        id: "typhoon-meifeng",
        lang: "zh-TW",
        summary,
        facts: vec![fact(summary, false, outages)],
        quantities: Vec::new(),
    }
}

pub fn lead() -> Text {
    let summary = "上海合作組織2025年峰會9月1日在天津登場，20多位領導人與會。";
    let missing = |id, claim| Judged {
        id,
        group: "pledges",
        claim,
        verdict: Verdict::Missing,
        evidence: "",
        reason: "no sum of money is found",
    };
    Text {
        dataset: "summit",
        id: "sco-2025.zh-Hant",
        lang: "zh-TW",
        summary,
        facts: vec![
            fact(summary, true, missing("pledge-grants", GRANTS_HANT)),
            fact(summary, true, missing("pledge-loans", LOANS_HANT)),
        ],
        quantities: Vec::new(),
    }
}
