//! An article's checklist and figures, made ready for many summaries.

use std::sync::OnceLock;

use crate::model::{Fact, FactReport, Lang};

use super::Context;
use super::claim::Claim;
use super::grounding::{self, Ground};
use super::judge::Telling;
use super::matching::pick::Pick;
use super::matching::role::{Spread, moved, role};
use super::matching::statement::contents;
use super::matching::{Slot, align};
use super::names::Names;
use super::page::Page;
use super::quantity::Locale;
use super::term::Senses;

/// An article's checklist and figures, made ready for many summaries.
#[derive(Debug)]
pub struct Prepared {
    facts: Vec<Fact>,
    source: Option<String>,
    locale: Locale,
    names: Names,
    own: Reading,
    /// As read for summaries in the other language, once there is one.
    across: OnceLock<Reading>,
}

/// An article and its checklist as read by themselves, or for texts in the other language.
#[derive(Debug)]
struct Reading {
    claims: Vec<Claim>,
    source: Option<Page>,
    ground: Option<Ground>,
    slots: Vec<Slot>,
    pick: Pick,
    spread: Spread,
    senses: Senses,
}

impl Reading {
    fn new(source: Option<&str>, facts: &[Fact], locale: Locale, mut senses: Senses) -> Reading {
        let source = source.map(|text| Page::read(text, locale, &senses));
        let mut slots: Vec<Slot> = source
            .iter()
            .flat_map(|page| {
                page.mentions.iter().enumerate().map(|(i, m)| Slot {
                    mention: moved(page, m),
                    role: role(page, m),
                    source: Some(i),
                })
            })
            .collect();
        let spread = Spread::of(slots.iter().map(|s| &s.role));
        source.iter().for_each(|page| senses.learn(page));
        let read = |text: &str, senses: &Senses| Page::read(text, locale, senses);
        let pages: Vec<Page> = facts.iter().map(|f| read(&f.claim, &senses)).collect();
        pages.iter().for_each(|page| senses.learn(page));
        let weights = contents(&pages);
        // The claims in other languages, weighed among themselves.
        let others: Vec<Vec<Page>> =
            facts.iter().map(|f| f.claims.values().map(|text| read(text, &senses)).collect()).collect();
        let counts: Vec<usize> = others.iter().map(Vec::len).collect();
        let others: Vec<Page> = others.into_iter().flatten().collect();
        let weighed = contents(&others);
        let mut others = others.into_iter().zip(weighed);
        let from_source = slots.len();
        let mut claims = Vec::with_capacity(facts.len());
        for (((fact, page), content), count) in facts.iter().zip(pages).zip(weights).zip(counts) {
            let versions = std::iter::once((page, content)).chain(others.by_ref().take(count)).collect();
            claims.push(Claim::new(fact, versions, &mut slots, from_source, &spread));
        }
        let spread = Spread::of(slots.iter().map(|s| &s.role));
        let told = claims.iter().flat_map(Claim::slots);
        let pick = Pick::new(slots.iter().map(|s| (&s.mention, &s.role))).keeping(told);
        let ground = source.as_ref().map(Ground::new);
        Reading { claims, source, ground, slots, pick, spread, senses }
    }

    /// Whether a summary is in another language than the article, or, where there is none, than the checklist.
    fn differs(&self, page: &Page) -> bool {
        self.source.as_ref().map_or_else(
            || self.claims.first().is_some_and(|c| c.version(page.is_han()).1),
            |s| s.is_han() != page.is_han(),
        )
    }
}

impl Prepared {
    /// Compiles a checklist in its context.
    pub fn new(context: &Context<'_>, facts: &[Fact]) -> Self {
        let ground = context.source.unwrap_or("");
        let locale = if ground.is_empty() {
            let claims: String = facts.iter().map(|f| f.claim.as_str()).collect();
            Locale::of(&claims, context.source_lang, context.date)
        } else {
            Locale::of(ground, context.source_lang, context.date)
        };
        let own = Reading::new(context.source, facts, locale, Senses::default());
        let names = Names::of(facts, own.source.as_ref());
        let source = context.source.map(str::to_owned);
        Prepared { facts: facts.to_vec(), source, locale, names, own, across: OnceLock::new() }
    }

    /// Judges one summary: a verdict a fact, and one a quantity and name of the summary.
    pub fn check(&self, summary: &str, _lang: Option<&Lang>) -> FactReport {
        let mut page = Page::read(summary, self.locale, &self.own.senses);
        let other = self.own.differs(&page);
        let mut reading = &self.own;
        if other {
            let new = || Reading::new(self.source.as_deref(), &self.facts, self.locale, Senses::across());
            reading = self.across.get_or_init(new);
            page = Page::read(summary, self.locale, &reading.senses);
        }
        let aligned = align(&page, &reading.slots, &reading.pick, &reading.spread, other);
        let figures = page.mentions.iter().map(|m| moved(&page, m)).collect();
        let grounds = reading.source.as_ref().zip(reading.ground.as_ref());
        let found = grounds.map(|(source, ground)| grounding::judge(&page, source, ground, other));
        let taken = found.as_ref().map_or(&[][..], |f| &f.taken);
        let standing = found.as_ref().map_or(&[][..], |f| &f.standing);
        let verbatim = found.as_ref().map_or(&[][..], |f| &f.verbatim);
        let told = Telling {
            taken,
            standing,
            verbatim,
            page: &page,
            aligned: &aligned,
            figures,
            other,
            slots: &reading.slots,
            spread: &reading.spread,
        };
        let facts = self.facts.iter().zip(&reading.claims).map(|(fact, claim)| told.judge(fact, claim)).collect();
        let names = self.names.judge(&page, reading.source.as_ref());
        FactReport { facts, quantities: found.map(|f| f.quantities), names }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Support, Verdict};

    fn report(source: &str, kind: &str, claim: &str, summary: &str) -> FactReport {
        let fact = serde_json::json!({"id": "a", "kind": kind, "claim": claim});
        let fact: Fact = serde_json::from_value(fact).expect("a fact");
        Prepared::new(&Context { source: Some(source), ..Context::default() }, &[fact]).check(summary, None)
    }

    fn verdict(source: &str, kind: &str, claim: &str, summary: &str) -> Verdict {
        report(source, kind, claim, summary).facts[0].verdict
    }

    fn borne_out(source: &str, summary: &str) -> Vec<bool> {
        let report = report(source, "statement", "x", summary);
        report.quantities.expect("a source").iter().map(|q| q.verdict == Support::Supported).collect()
    }

    #[test]
    fn words_of_the_dictionary_carry_a_statement_into_the_other_language() {
        let source = "鎮公所決定拆除果園旁的舊倉庫，並禁止放養家禽。";
        let claim = "禁止放養家禽";
        assert_eq!(verdict(source, "statement", claim, "The town will forbid free-range poultry."), Verdict::Covered);
        assert_eq!(verdict(source, "statement", claim, "The town opened a bakery."), Verdict::Missing);
    }

    #[test]
    fn what_follows_from_the_source_contradicts_nothing_of_it() {
        let source = "The harbour board bought 24 cranes and 31 barges last year.";
        let claim = "The board bought 24 cranes.";
        assert_eq!(verdict(source, "quantity", claim, "The board bought 55 cranes and barges."), Verdict::Missing);
        assert_eq!(verdict(source, "quantity", claim, "The board bought 57 cranes."), Verdict::Contradicted);
    }

    #[test]
    fn a_figure_of_the_source_told_as_something_else_contradicts_its_fact() {
        let source = "水庫面積由每年縮小改為持平，今年漁獲量減少3.2萬噸，漁民共1,450人。";
        let claim = "漁獲量減少3.2萬噸";
        assert_eq!(verdict(source, "quantity", claim, "漁獲量減至3.2萬噸。"), Verdict::Contradicted);
        assert_eq!(verdict(source, "quantity", claim, "漁獲量少了3.2萬噸。"), Verdict::Covered);
    }

    #[test]
    fn the_rest_of_a_whole_tells_its_part() {
        let source = "消防局已檢查八成的樓宇，其餘下月完成。";
        assert_eq!(verdict(source, "quantity", "已檢查八成的樓宇", "仍有兩成樓宇尚待消防局檢查。"), Verdict::Covered);
        assert_eq!(borne_out(source, "仍有兩成樓宇尚待消防局檢查。"), [true]);
        let source = "The ferry carried 340 people, 290 of them tourists and the rest crew.";
        assert_eq!(borne_out(source, "Aboard were 340 people, 50 of them crew."), [true, true]);
    }

    #[test]
    fn a_rate_and_a_sum_are_told_apart_by_what_they_are_per() {
        let source = "礦業公司擬派息每股2.5元，總額63億元。";
        assert_eq!(borne_out(source, "礦業公司派息總額63億元，每股2.5元。"), [true, true]);
        assert_eq!(borne_out(source, "礦業公司派息每股63億元。"), [false]);
    }

    #[test]
    fn the_claim_word_for_word_does_not_hold_where_its_figure_goes_on() {
        let (source, claim) = ("劇院翻修費用300萬元，由日本商會出資。", "翻修費用300萬元");
        assert_eq!(verdict(source, "quantity", claim, "劇院翻修費用300萬日圓。"), Verdict::Contradicted);
        assert_eq!(verdict(source, "quantity", claim, "劇院翻修費用300萬元。"), Verdict::Covered);
    }

    #[test]
    fn a_figure_beside_the_opposite_of_what_is_claimed_contradicts() {
        let (source, claim) = ("鎮公所去年決算有盈餘4,200萬元。", "決算有盈餘4,200萬元");
        assert_eq!(verdict(source, "quantity", claim, "鎮公所去年決算出現赤字4,200萬元。"), Verdict::Contradicted);
        assert_eq!(verdict(source, "quantity", claim, "鎮公所決算盈餘4,200萬元。"), Verdict::Covered);
    }

    #[test]
    fn who_gives_and_who_receives_are_not_exchanged() {
        let source = "挪威將向冰島出借兩艘破冰船。";
        let claim = "挪威向冰島出借破冰船";
        assert_eq!(verdict(source, "statement", claim, "冰島向挪威出借破冰船。"), Verdict::Contradicted);
        assert_eq!(verdict(source, "statement", claim, "破冰船由挪威出借，使用方是冰島。"), Verdict::Covered);
        assert_eq!(
            verdict(source, "statement", claim, "Iceland will lend icebreakers to Norway."),
            Verdict::Contradicted
        );
    }

    #[test]
    fn who_rose_and_who_fell_are_not_exchanged() {
        let (source, claim) = ("東林紙業股價上漲3%，西嶺水泥股價下跌2%。", "東林紙業股價上漲3%");
        let exchanged = "西嶺水泥股價上漲3%，東林紙業股價下跌2%。";
        assert_eq!(verdict(source, "quantity", claim, exchanged), Verdict::Contradicted);
        assert_eq!(verdict(source, "quantity", claim, "西嶺水泥股價跌2%，東林紙業漲3%。"), Verdict::Covered);
    }

    #[test]
    fn a_weekday_bears_out_no_other_date_and_no_number_is_too_large() {
        let source = "The council opened the library on Tuesday. Work on the annex will begin in March 2026.";
        assert_eq!(borne_out(source, "Work on the annex will begin in May 2031."), [false]);
        let large = "999999999999999999999999999，999999999999999999999999999件";
        assert_eq!(borne_out(large, "共3件。"), [false]);
    }

    #[test]
    fn a_phrase_of_the_checklist_stands_whole_or_not_at_all() {
        let fact = |accept: &str| {
            let fact =
                serde_json::json!({"id": "a", "kind": "statement", "claim": "A grant is planned.", "accept": [accept]});
            let fact: Fact = serde_json::from_value(fact).expect("a fact");
            let told = "The grid needs 15 billion yuan and 1.5 million cats.";
            Prepared::new(&Context::default(), &[fact]).check(told, None).facts[0].verdict
        };
        assert_eq!(fact("15 billion yuan"), Verdict::Covered);
        for part in ["5 billion", "5 million cats", "cat"] {
            assert_eq!(fact(part), Verdict::Missing, "{part}");
        }
    }

    #[test]
    fn what_a_score_a_share_or_each_of_two_leaves_is_reckoned() {
        assert_eq!(borne_out("女排以25比19拿下首局。", "女排首局贏了6分。"), [true]);
        assert_eq!(borne_out("善款共450萬元，已發放三成，其餘年底前用完。", "餘下315萬元年底前用完。"), [true]);
        assert_eq!(borne_out("雙方各出資1,700萬歐元。", "雙方合共出資3,400萬歐元。"), [true]);
        let source = "The age limit went up from 14 to 17, the club's third straight change in the year to May.";
        assert_eq!(borne_out(source, "The limit is three years higher."), [true]);
        assert_eq!(borne_out("Police held 23 people, 9 of them women.", "Fourteen men were held."), [true]);
    }

    #[test]
    fn points_and_percentages_fix_each_other() {
        let source = "調查顯示，外食比例由上月的31.2%升至33.7%，增加2.5個百分點。";
        for claim in ["外食比例增加2.5個百分點", "上月外食比例為31.2%"] {
            let told = if claim.contains("上月") {
                "外食比例升至33.7%，增加2.5個百分點。"
            } else {
                "外食比例33.7%，上月為31.2%。"
            };
            assert_eq!(verdict(source, "quantity", claim, told), Verdict::Covered, "{claim}");
        }
    }

    #[test]
    fn another_day_of_the_month_contradicts_a_date() {
        let (source, claim) = ("植物園溫室整修後，3月18日起重新開放。", "溫室3月18日重新開放");
        assert_eq!(verdict(source, "date", claim, "3月28日起，整修好的溫室可供參觀。"), Verdict::Contradicted);
        assert_eq!(verdict(source, "date", claim, "整修好的溫室將於春天開放。"), Verdict::Missing);
    }

    #[test]
    fn a_bound_is_rounder_than_what_it_bounds() {
        let source = "Tickets for the night train cost 295 crowns.";
        assert_eq!(borne_out(source, "Tickets cost at least 259 crowns."), [false]);
        assert_eq!(borne_out(source, "Tickets cost more than 290 crowns."), [true]);
    }

    #[test]
    fn a_peak_is_no_average_and_is_not_exceeded() {
        let source = "渡輪單日最高載客8,400人次，最大航速35公里。";
        assert_eq!(borne_out(source, "渡輪日均載客8,400人次。"), [false]);
        assert_eq!(borne_out(source, "渡輪單日最高載客8,400人次。"), [true]);
    }

    #[test]
    fn rates_of_change_ranks_and_spans_are_reckoned() {
        let source = "The mill made 4,600 tonnes of paper, up by 600 tonnes, and fell from 5th to 9th among exporters.";
        assert_eq!(borne_out(source, "Paper output rose 15%."), [true]);
        assert_eq!(borne_out(source, "Paper output rose 13%."), [false]);
        assert_eq!(borne_out(source, "The mill slid four places among exporters."), [true]);
        assert_eq!(borne_out("議會7月4日通過新制，自翌日起實施。", "新制7月5日實施。"), [true]);
        assert_eq!(borne_out("連續雨天使展場10月3日至8日關閉。", "展場關閉六天。"), [true]);
        assert_eq!(borne_out("The town of 940 people saw its 23rd consecutive day of fog.", "霧已連續23天。"), [true]);
    }
}
