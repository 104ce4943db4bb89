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
        ("央行升息半碼", vec!["0.5 bp by"]),
        ("以3比1獲勝", vec!["3-1 score"]),
        ("萬一成員國推動一帶一路，一致同意", vec![]),
        ("第三項決議", vec![]),
        ("數百人", vec![]),
        ("由40人增至百人", vec!["40 person", "100 person to"]),
        ("關稅不低於8%", vec!["8 % at_least"]),
        ("發電500兆瓦", vec!["500 MW"]),
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
        ("25 cents a share", vec!["25 USD"]),
        ("will not exceed 8%", vec!["8 % at_most"]),
        ("two-thirds full", vec!["2/3 fraction"]),
        ("fewer than 40,000 homes", vec!["40000 - under"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}
