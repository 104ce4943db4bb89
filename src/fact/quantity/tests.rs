use super::*;

fn found(text: &str) -> Vec<String> {
    quantities(text, None, Some("2025-09-01"))
        .into_iter()
        .map(|q| {
            let mark = q.modifier.map_or(String::new(), |m| format!(" {m}"));
            let change = q.change.map_or(String::new(), |c| format!(" {c}"));
            let slice: String = text.chars().skip(q.start).take(q.end - q.start).collect();
            assert_eq!(slice, q.surface);
            format!("{} {}{mark}{change}", q.value.unwrap_or("-".into()), q.unit.unwrap_or("-".into()))
        })
        .collect()
}

#[test]
fn chinese_quantities() {
    for (text, expected) in [
        ("貸款100億元人民幣", vec!["10000000000 CNY"]),
        ("人民幣20億元", vec!["2000000000 CNY"]),
        ("經濟總量接近30兆美元", vec!["30000000000000 USD nearly"]),
        ("在50多個領域合作", vec!["50 - over"]),
        ("26國參與", vec!["26 country"]),
        ("名額翻一番", vec!["2 x by"]),
        ("名額增加兩倍", vec!["3 x by"]),
        ("占四成二", vec!["42 %"]),
        ("百分之三點五", vec!["3.5 %"]),
        ("三分之二", vec!["2/3 fraction"]),
        ("走了兩天半", vec!["2.5 day"]),
        ("營收年增18.6%", vec!["18.6 % by"]),
        ("成長目標上修至15%", vec!["15 % to"]),
        ("425億至440億美元", vec!["42500000000..44000000000 USD"]),
        ("上升2個百分點", vec!["2 pp by"]),
        ("央行升息半碼", vec!["12.5 bp by"]),
        ("以3比1獲勝", vec!["3-1 score"]),
        ("萬一成員國推動一帶一路，一致同意", vec![]),
        ("第三項決議", vec![]),
        ("數百人", vec![]),
        ("由40人增至百人", vec!["40 person", "100 person to"]),
        ("關稅不低於8%", vec!["8 % at_least"]),
        ("發電500兆瓦", vec!["500 MW"]),
        ("以9秒86奪冠，跳出8米12", vec!["9.86 second", "8.12 m"]),
        ("三分二的會員", vec!["2/3 fraction"]),
        ("裁撤兩成員工", vec!["20 %"]),
        ("產量成長一倍半", vec!["2.5 x by"]),
        ("定價不得低於80元", vec!["80 TWD at_least"]),
        ("每公斤75克朗", vec!["75 -"]),
        ("票價最高五萬六", vec!["56000 - at_most"]),
        ("三日內完成，60日內公告", vec!["3 day", "60 day"]),
        ("停留至24日", vec!["2025-09-24 date"]),
        ("昨晚7時20分抵達", vec!["19:20 time"]),
        ("雨季以6月中旬最長", vec!["--06 date"]),
        ("頻率3100至3300兆赫", vec!["3100..3300 MHz"]),
        ("存款1.2兆元，帳戶數約48萬", vec!["1200000000000 TWD", "480000 - about"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn english_quantities() {
    for (text, expected) in [
        ("worth more than $2.3tn", vec!["2300000000000 USD over"]),
        ("10bn yuan of loans", vec!["10000000000 CNY"]),
        ("RMB 2 billion in grants", vec!["2000000000 CNY"]),
        ("two and a half days", vec!["2.5 day"]),
        ("the 26-nation bloc", vec!["26 -"]),
        ("cut by a third", vec!["1/3 fraction by"]),
        ("scholarships will double", vec!["2 x by"]),
        ("rose 12% to $4.8 billion", vec!["12 % by", "4800000000 USD to"]),
        ("won 3-1 before a crowd of 2,100", vec!["3-1 score", "2100 -"]),
        ("within a year", vec!["1 year"]),
        ("the first quarter of next year", vec![]),
        ("in 2024 the A320 and COVID-19", vec![]),
        ("dozens of people at once", vec![]),
        ("25 cents a share", vec!["0.25 USD"]),
        ("will not exceed 8%", vec!["8 % at_most"]),
        ("shrank by 3,000 to 41,000", vec!["3000 - by", "41000 - to"]),
        ("passed by 63% to 37%", vec!["63 %", "37 %"]),
        ("gave up 0.7% at the close", vec!["0.7 % by"]),
        ("at 12:05 a.m.", vec!["00:05 time"]),
        ("the ship sailed on the 22nd.", vec!["2025-09-22 date"]),
        ("a fire on the 5th floor", vec![]),
        ("on August 13: that is when", vec!["--08-13 date"]),
        ("fined the platform 2.75 million euros", vec!["2750000 EUR"]),
        ("1.2 metres below the average", vec!["1.2 m by"]),
        ("40% off for pupils", vec!["40 % by"]),
        ("the cuts amount to 6% of staff", vec!["6 % by"]),
        ("two-thirds full", vec!["2/3 fraction"]),
        ("six years and three months in prison", vec!["75 month"]),
        ("narrowed by €79 million to €184 million", vec!["79000000 EUR by", "184000000 EUR to"]),
        ("up 2.4 points to 11.9%", vec!["2.4 pp by", "11.9 % to"]),
        ("highs of 31.5C", vec!["31.5 Cel"]),
        ("fewer than 40,000 homes", vec!["40000 - under"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

mod laws {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::text::script;

    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

    /// A number below a hundred million in Chinese numerals.
    fn chinese(mut n: u64) -> String {
        if n == 0 {
            return "零".into();
        }
        let mut out = String::new();
        if n >= 10_000 {
            out = chinese(n / 10_000) + "萬";
            n %= 10_000;
            if n > 0 && n < 1000 {
                out.push('零');
            }
        }
        let mut zero = false;
        for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = (n / unit % 10) as usize;
            if digit > 0 {
                if zero {
                    out.push('零');
                }
                zero = false;
                out.push(DIGITS[digit]);
                out.push_str(name);
            } else if n / unit / 10 > 0 && !n.is_multiple_of(unit) {
                zero = true;
            }
        }
        out
    }

    /// A number below ten thousand in English words.
    fn english(n: u64) -> String {
        const ONES: [&str; 20] = [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ];
        const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
        let with = |head: String, rest: u64, join: &str| match rest {
            0 => head,
            rest => format!("{head}{join}{}", english(rest)),
        };
        match n {
            0..20 => ONES[n as usize].to_owned(),
            20..100 => with(TENS[(n / 10) as usize].to_owned(), n % 10, "-"),
            100..1000 => with(format!("{} hundred", english(n / 100)), n % 100, " and "),
            _ => with(format!("{} thousand", english(n / 1000)), n % 1000, if n % 1000 < 100 { " and " } else { " " }),
        }
    }

    fn grouped(n: u64) -> String {
        let digits = n.to_string();
        let first = digits.len() % 3;
        let mut out = digits[..first].to_owned();
        for (i, group) in digits.as_bytes()[first..].chunks(3).enumerate() {
            if first > 0 || i > 0 {
                out.push(',');
            }
            out.extend(group.iter().map(|b| *b as char));
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_value_in_any_form_is_found_again(n in 11u64..99_999_999, form in 0usize..7) {
            let text = match form {
                0 => format!("共捐出{n}美元。"),
                1 => format!("共捐出{}美元。", chinese(n)),
                2 => format!("They gave ${}.", grouped(n)),
                3 => format!("They gave US${n} in all."),
                4 => format!("共捐出{}美元。", n.to_string().chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c)).collect::<String>()),
                5 => format!("共捐出{}萬美元。", Decimal::new(n as i64, 2)),
                _ => format!("They gave {} million dollars.", Decimal::new(n as i64, 2)),
            };
            let expected = match form {
                5 => Decimal::new(n as i64, 2) * Decimal::from(10_000),
                6 => Decimal::new(n as i64, 2) * Decimal::from(1_000_000),
                _ => Decimal::from(n),
            };
            let found = quantities(&text, None, None);
            prop_assert_eq!(found.len(), 1, "{}: {:?}", text, found);
            prop_assert_eq!(found[0].value.clone(), Some(expected.normalize().to_string()), "{}", text);
            prop_assert_eq!(found[0].unit.as_deref(), Some("USD"));
        }

        #[test]
        fn a_measure_in_any_form_is_found_again(n in 2u64..9_999, tenths in 1u64..10, form in 0usize..18) {
            let decimal = Decimal::from(n) + Decimal::new(tenths as i64, 1);
            let wide = |text: String| -> String {
                text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c }).collect()
            };
            let (text, value, unit) = match form {
                0 => (format!("所占比例為{decimal}%。"), decimal, "%"),
                1 => (format!("所占比例为百分之{}。", chinese(n)), Decimal::from(n), "%"),
                2 => (format!("占比{}％。", wide(n.to_string())), Decimal::from(n), "%"),
                3 => (format!("The share is {decimal} percent."), decimal, "%"),
                4 => (format!("The share is {} per cent.", english(n)), Decimal::from(n), "%"),
                5 => (format!("捐出{}億歐元。", decimal), decimal * Decimal::from(100_000_000), "EUR"),
                6 => (format!("捐出{}英鎊。", chinese(n)), Decimal::from(n), "GBP"),
                7 => (format!("They gave £{decimal}bn."), decimal * Decimal::from(1_000_000_000), "GBP"),
                8 => (format!("They gave {} euros.", english(n)), Decimal::from(n), "EUR"),
                9 => (format!("全長{decimal}公里。"), decimal, "km"),
                10 => (format!("全长{}米。", chinese(n)), Decimal::from(n), "m"),
                11 => (format!("It is {} miles long.", english(n)), Decimal::from(n), "[mi_i]"),
                12 => (format!("It weighs {decimal} tonnes."), decimal, "t"),
                13 => (format!("重{}公斤。", chinese(n)), Decimal::from(n), "kg"),
                14 => (format!("氣溫零下{decimal}度。"), -decimal, "Cel"),
                15 => (format!("歷時{}天。", chinese(n)), Decimal::from(n), "day"),
                16 => (format!("It took {} days.", english(n)), Decimal::from(n), "day"),
                _ => (format!("上升{decimal}個百分點。"), decimal, "pp"),
            };
            for text in [text.clone(), script::fold(&text)] {
                let found = quantities(&text, None, None);
                prop_assert_eq!(found.len(), 1, "{}: {:?}", text, found);
                prop_assert_eq!(found[0].value.clone(), Some(value.normalize().to_string()), "{}", text);
                prop_assert_eq!(found[0].unit.as_deref(), Some(unit), "{}", text);
            }
        }

        #[test]
        fn a_fraction_or_range_in_any_form_is_found_again(low in 2u64..40, more in 1u64..40, form in 0usize..6) {
            let high = low + more;
            let (text, value, unit) = match form {
                0 => (format!("占{}分之{}。", chinese(high), chinese(low)), format!("{low}/{high}"), "fraction"),
                1 => (format!("占{high}分之{low}。"), format!("{low}/{high}"), "fraction"),
                2 => (format!("占比介于{low}%至{high}%之间。"), format!("{low}..{high}"), "%"),
                3 => (format!("It takes {low} to {high} days."), format!("{low}..{high}"), "day"),
                4 => (format!("It takes between {low} and {high} days."), format!("{low}..{high}"), "day"),
                _ => (format!("全長{low}到{high}公里。"), format!("{low}..{high}"), "km"),
            };
            let found = quantities(&text, None, None);
            prop_assert_eq!(found.len(), 1, "{}: {:?}", text, found);
            prop_assert_eq!(found[0].value.as_deref(), Some(value.as_str()), "{}", text);
            prop_assert_eq!(found[0].unit.as_deref(), Some(unit), "{}", text);
        }

        #[test]
        fn spans_equal_their_surface_and_no_text_panics(
            words in prop::collection::vec(prop_oneof![
                prop::sample::select(vec!["2.3", "萬", "億", "元", "三", "十", "年", "月", "%", "至", "近", "$", "bn", " ", "May", "half", "a", "dozen", "(", ":", "第", "成", "倍", "-", "，", "。", "two", "and", "million", "多", "半", "點", "0", "per", "each"]).prop_map(str::to_owned),
                any::<String>(),
            ], 0..25)
        ) {
            let text = words.concat();
            let chars: Vec<char> = text.chars().collect();
            for q in quantities(&text, None, Some("2025-09-01")) {
                prop_assert!(q.start < q.end && q.end <= chars.len());
                prop_assert_eq!(chars[q.start..q.end].iter().collect::<String>(), q.surface);
            }
        }

        #[test]
        fn folding_script_changes_no_value(n in 1u64..9_999_999) {
            let text = format!("該公司營收達{}億元，年增{}%，員工{}人。", chinese(n), n % 90 + 1, n);
            let value = |text: &str| -> Vec<_> {
                quantities(text, Some(&Lang::new("zh-TW")), None).into_iter().map(|q| (q.value, q.unit, q.start)).collect()
            };
            prop_assert_eq!(value(&text), value(&script::fold(&text)));
        }
    }

    /// A text of one thing over and over is read through to its end: what is not linear in it would not finish.
    #[test]
    fn a_long_text_of_one_thing_is_read() {
        for unit in ["9", "億", "一", "「", "\"", "5億元", "第", "to ", "May ", "半", "3-", "- ", "and ", "負", "1 "]
        {
            let size = if matches!(unit, "9" | "億" | "「" | "\"") { 1_000_000 } else { 60_000 };
            let text = unit.repeat(size / unit.len());
            let chars = text.chars().count();
            for q in quantities(&text, Some(&Lang::new("zh-TW")), None) {
                assert!(q.start < q.end && q.end <= chars, "{unit}");
            }
        }
    }
}
