//! Page texts of our own with the troubles of real ones: captions, bylines, credits, paragraphs told twice.

use super::*;
use crate::model::Lang;

const HANT: &str = "▲縣長何曉嵐今6日主持記者會，宣布120億元計畫。（圖／記者攝）

記者許庭／雲溪報導

雲溪縣政府今（6日）在縣府大禮堂公布「大河計畫」。縣府將在8個鄉鎮推動60個「巧而精」社區工程、投入15億元治水經費、四年內新增30億元青年住宅貸款，同時加倍獎學金名額，並設立12所「河岸學堂」。

雲溪縣政府今（6日）正式公布「大河計畫」，14位鄉鎮長到場。

縣長何曉嵐指出，雲溪縣現有46萬人口，去年觀光產值突破88億元。她也提出四點主張。

一是堅持以水為本，各鄉鎮要共同守護河川，並建立上下游對話機制。

二是堅持城鄉並進，她強調要縮短偏鄉通勤時間，推動公車路網重整。

三是堅持文化紮根，老聚落孕育了雲溪的記憶。學校要把地方史帶進課堂。

四是堅持財政紀律，何曉嵐說，要逐年降低舉債，提升預算透明度。

▲雲溪縣目前已整治河道31公里。（圖／雲溪縣政府提供）

最後，何曉嵐宣布，縣府計畫在有需要的村里實施60個「巧而精」社區工程；今年年內撥出15億元治水經費，未來4年對青年家庭新增30億元住宅貸款；從明年開始，在現有基礎上將雲溪獎學金名額翻一番；未來6年，在各鄉鎮設立12所「河岸學堂」，提供2萬個河川巡守培訓名額。";

const HANS: &str = "（图：新河市政府提供）
来源：新河日报

新河市3月2日发布绿色出行方案，计划新建240公里自行车道。
新河市3月2日发布绿色出行方案，计划新建240公里自行车道。

市长孙立提出三项举措。第一，扩大公交专用道，让早高峰的公交车先行。第二，改造老旧路口，为行人留出“慢而稳”的过街空间。第三，鼓励拼车出行。

根据方案，市财政今年投入6.5亿元购置1200辆电动公交车，三年内将公交出行比例提高8个百分点；到2028年，把“快而准”的班次增加一倍，并在五年内培训3000名司机。

记者 赵明 编辑 李青";

const ENGLISH: &str = "Photo: the minister at the port on Monday, with 40 guests. (Photo by the harbour office)

By Dana Reyes, Staff Correspondent

The Meridian government set out a plan for its coast on Monday, promising $2.4 billion over five years for sea walls and ports.

The Meridian government set out a plan for its coast on Monday, promising $2.4 billion over five years for sea walls and ports.

The minister, Ana Holt, named three aims. First, towns must not be left to pay for walls alone, and the costs will be shared. Second, fishing grounds are to be surveyed every spring. Third, the old lighthouses will be kept as \"small and bright\" museums.

Meridian has 310 kilometres of sea wall today. The government will build 85 kilometres more, open 14 \"safe and dry\" shelters and train 6,000 wardens by 2031. Grants to coastal schools will double from next year.

Read more: 5 things to know about the sea";

/// What a page is drafted to, each claim held against the page itself.
fn drafted(source: &str, lang: &str, limit: usize) -> Vec<Drafted> {
    let lang = Lang::new(lang);
    let context = Context { source: Some(source), source_lang: Some(&lang), date: Some("2025-06-06") };
    let drafted = draft(&context, &[], limit);
    let facts: Vec<Fact> = drafted.iter().map(|d| d.fact.clone()).collect();
    let report = Prepared::new(&context, &facts).check(source, Some(&lang));
    for judged in &report.facts {
        assert_eq!(judged.verdict, Verdict::Covered, "{judged:?}");
    }
    let lines: Vec<&str> = source.lines().collect();
    for d in &drafted {
        assert!(lines[d.line - 1].contains(&d.fact.claim), "line {}: {}", d.line, d.fact.claim);
    }
    drafted
}

fn claims(drafted: &[Drafted]) -> Vec<&str> {
    drafted.iter().map(|d| d.fact.claim.as_str()).collect()
}

#[track_caller]
fn holds(drafted: &[Drafted], words: &[&str]) {
    let claims = claims(drafted);
    for word in words {
        assert!(claims.iter().any(|c| c.contains(word)), "{word} in {claims:#?}");
    }
}

#[track_caller]
fn points(drafted: &[Drafted], begin: &[&str]) {
    let points: Vec<&str> =
        drafted.iter().filter(|d| d.fact.kind == FactKind::Point).map(|d| d.fact.claim.as_str()).collect();
    assert_eq!(points.len(), begin.len(), "{points:#?}");
    for (point, begin) in points.iter().zip(begin) {
        assert!(point.starts_with(begin), "{begin} begins {point}");
    }
}

#[test]
fn a_traditional_page() {
    let drafted = drafted(HANT, "zh-TW", MOST);
    points(&drafted, &["堅持以水為本", "堅持城鄉並進", "堅持文化紮根", "堅持財政紀律"]);
    let pledges = [
        "60個「巧而精」社區工程",
        "15億元治水經費",
        "30億元住宅貸款",
        "名額翻一番",
        "12所「河岸學堂」",
        "2萬個河川巡守培訓名額",
    ];
    holds(&drafted, &pledges);
    assert!(!claims(&drafted).contains(&"未來6年"), "a time alone is no claim: {drafted:#?}");
    assert!(!claims(&drafted).iter().any(|c| c.contains("120億") || c.contains("31公里")), "captions: {drafted:#?}");
}

#[test]
fn a_simplified_page() {
    let drafted = drafted(HANS, "zh-CN", MOST);
    points(&drafted, &["扩大公交专用道", "改造老旧路口", "鼓励拼车出行"]);
    holds(&drafted, &["240公里", "6.5亿元", "8个百分点", "“快而准”的班次增加一倍", "3000名司机"]);
}

#[test]
fn an_english_page() {
    let drafted = drafted(ENGLISH, "en", MOST);
    points(
        &drafted,
        &["towns must not be left", "fishing grounds are to be surveyed", "the old lighthouses will be kept"],
    );
    let pledges =
        ["$2.4 billion", "85 kilometres more", "14 \"safe and dry\" shelters", "6,000 wardens", "will double"];
    holds(&drafted, &pledges);
    assert!(!claims(&drafted).iter().any(|c| c.contains("40 guests") || c.contains("5 things")), "{drafted:#?}");
}

#[test]
fn a_checklist_holds_fifteen_facts_unless_more_are_asked_for() {
    let page: String = (11..60).map(|n| format!("The town will build {n} schools in district {n}.\n")).collect();
    assert_eq!(drafted(&page, "en", MOST).len(), MOST);
    assert!(drafted(&page, "en", 40).len() > MOST);
}

#[test]
fn facts_weigh_as_many_references_as_keep_them() {
    let source =
        "The council approved 48 new buses. They will cost $21 million. Fares stay at $2. The line runs 9 kilometres.";
    let references =
        ["The council approved 48 new buses.", "48 new buses will cost $21 million.", "Buses: 48 new ones."];
    let context = Context { source: Some(source), ..Context::default() };
    let drafted = draft(&context, &references, 3);
    let weights: Vec<(&str, f64, usize)> =
        drafted.iter().map(|d| (d.fact.claim.as_str(), d.fact.weight, d.kept)).collect();
    assert_eq!(weights[0], ("The council approved 48 new buses", 3.0, 3), "{weights:?}");
    assert_eq!((weights[1].0, weights[1].1), ("They will cost $21 million", 1.0), "{weights:?}");
    assert_eq!(weights[2].1, UNKEPT, "no reference keeps it: {weights:?}");
    assert_eq!(drafted.len(), 3);
}

#[test]
fn no_text_panics() {
    for text in ["", "。", "一是二是三是", "「", "（（（）", "1", "\n\n\n", "First, ", "5%、6%、", "\"a\" and 5 and 6"]
    {
        draft(&Context { source: Some(text), ..Context::default() }, &[text], 5);
    }
}
