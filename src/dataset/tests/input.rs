//! Input as people have it: encodings, markup, local dates, ids, and what is worth a warning.

use super::{loaded, refused};

#[test]
fn declared_encodings_are_decoded_and_a_byte_order_mark_dropped() {
    let text = "id,source,title\r\n1,\"今天氣象局說，颱風「美鳳」明天接近。\",颱風\r\n";
    let simplified = "id,source,title\r\n1,\"今天气象局说，台风“美凤”明天接近。\",台风\r\n";
    let (_, utf8) = loaded(&[("a.csv", text.as_bytes())], "articles = \"a.csv\"");
    let (_, simplified_utf8) = loaded(&[("a.csv", simplified.as_bytes())], "articles = \"a.csv\"");
    let (big5, gb18030) = (encoding_rs::BIG5.encode(text).0, encoding_rs::GB18030.encode(simplified).0);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (dataset, entries) = loaded(&[("a.csv", &big5)], "articles = \"a.csv\"\nencoding = \"big5\"");
    assert_eq!(entries, utf8);
    assert_eq!(dataset.warnings(), [""; 0]);
    assert_eq!(entries[0].article.lang.as_ref().map(|l| l.as_str()), Some("zh-Hant"));
    assert_eq!(loaded(&[("a.csv", &gb18030)], "articles = \"a.csv\"\nencoding = \"GBK\"").1, simplified_utf8);
    assert_eq!(loaded(&[("a.csv", &utf16)], "articles = \"a.csv\"\nencoding = \"utf-16le\"").1, utf8);
    assert_eq!(loaded(&[("a.csv", text.as_bytes())], "articles = \"a.csv\"\nencoding = \"utf-8\"").1, utf8);
}

#[test]
fn encodings_of_whole_articles_are_told_from_their_first_bytes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut told = 0;
    for name in ["summit", "invented"] {
        let spec = crate::dataset::Spec { name: name.to_owned(), ..Default::default() };
        let (_, entries) = super::load(root, &spec).unwrap_or_else(|e| panic!("{e}"));
        for crate::dataset::Entry { article, .. } in entries {
            let lang = article.lang.map(|l| l.to_string()).unwrap_or_default();
            let encoding = match lang.as_str() {
                "zh-Hant" | "zh-TW" | "zh-HK" => encoding_rs::BIG5,
                "zh-Hans" | "zh-CN" => encoding_rs::GB18030,
                _ => continue,
            };
            let (bytes, _, unmappable) = encoding.encode(&article.source);
            assert!(!unmappable, "{}", article.id);
            for length in [64, 300, 301, bytes.len()] {
                let guess = crate::dataset::guess::encoding(&bytes[..length.min(bytes.len())]);
                assert_eq!(guess, Some(encoding), "{} by {length} bytes", article.id);
                told += 1;
            }
        }
    }
    assert!(told >= 40);
    let shift_jis = encoding_rs::SHIFT_JIS.encode("気象庁は、台風が明日東京に近づくと発表した。").0;
    assert_eq!(crate::dataset::guess::encoding(&shift_jis), Some(encoding_rs::SHIFT_JIS));
    let euc_kr = encoding_rs::EUC_KR.encode("기상청은 태풍이 내일 서울에 접근한다고 발표했다.").0;
    assert_eq!(crate::dataset::guess::encoding(&euc_kr), Some(encoding_rs::EUC_KR));
}

#[test]
fn long_files_decode_across_buffers_and_errors_name_the_right_line() {
    let row = |i: usize| format!("{i},今天氣象局說，颱風明天接近台灣東部海面，第{i}號。\n");
    let text: String = std::iter::once("id,source\n".to_owned()).chain((0..9000).map(row)).collect();
    let big5 = encoding_rs::BIG5.encode(&text).0.into_owned();
    let (_, entries) = loaded(&[("a.csv", &big5)], "articles = \"a.csv\"\nencoding = \"big5\"");
    assert_eq!(entries.len(), 9000);
    assert_eq!(entries[8999].article.source, "今天氣象局說，颱風明天接近台灣東部海面，第8999號。");

    let mut broken = big5;
    broken.extend(b"9000,\xff\xff\n");
    let message = refused(&[("a.csv", &broken)], "articles = \"a.csv\"\nencoding = \"big5\"");
    assert!(message.starts_with("a.csv:9002: byte FF is not Big5"), "{message}");
}

#[test]
fn nul_is_a_character() {
    let (_, entries) = loaded(&[("a.csv", b"id,source\n1,a\0b\n")], "articles = \"a.csv\"");
    assert_eq!(entries[0].article.source, "a\0b");
}

#[test]
fn rows_may_end_in_cr_and_lines_of_prose_end_in_lf() {
    let (_, entries) = loaded(&[("a.csv", b"id,source\r1,a\r\r2,\"b\r\nc\rd\"\r")], "articles = \"a.csv\"");
    let sources: Vec<&str> = entries.iter().map(|e| e.article.source.as_str()).collect();
    assert_eq!(sources, ["a", "b\nc\nd"]);
}

#[test]
fn markup_is_stripped_on_request_from_sources_titles_and_references() {
    let csv = "id,source,title,reference\n1,<p>A &amp;amp; B</p><p>C</p>,<b>T</b>,S<br>S\n";
    let (_, entries) = loaded(&[("a.csv", csv.as_bytes())], "articles = \"a.csv\"\nstrip_html = true");
    assert_eq!(entries[0].article.source, "A &amp; B\nC");
    assert_eq!(entries[0].article.title.as_deref(), Some("T"));
    assert_eq!(entries[0].references[0].summary, "S\nS");
}

#[test]
fn dates_become_iso_by_the_format_that_the_suite_gives() {
    let date = |date: &str, format: &str| {
        let csv = format!("id,source,date\n1,a,\"{date}\"\n");
        let toml = if format.is_empty() { String::new() } else { format!("date_format = \"{format}\"") };
        loaded(&[("a.csv", csv.as_bytes())], &format!("articles = \"a.csv\"\n{toml}")).1[0].article.date.clone()
    };
    for (written, format, iso) in [
        ("2025/9/1 10:30", "%Y/%m/%d %H:%M", "2025-09-01T10:30:00"),
        ("2025年09月01日", "%Y年%m月%d日", "2025-09-01"),
        ("01/09/2025", "%d/%m/%Y", "2025-09-01"),
        ("Mon, 01 Sep 2025 10:30:00 +0800", "%a, %d %b %Y %H:%M:%S %z", "2025-09-01T10:30:00+08:00"),
        ("1756693800", "%s", "2025-09-01T02:30:00Z"),
        ("2025-09-01", "", "2025-09-01"),
        ("2025-09", "", "2025-09"),
        ("2025-09-01T10:30:00+08:00", "", "2025-09-01T10:30:00+08:00"),
        ("2025-09-01 10:30", "", "2025-09-01T10:30"),
    ] {
        assert_eq!(date(written, format).as_deref(), Some(iso), "{written}");
    }
    assert_eq!(date("", "%Y"), None);
}

#[test]
fn a_field_with_an_empty_name_is_left_unread() {
    let csv = "id,source,date\n1,a,sometime\n";
    let (_, entries) = loaded(&[("a.csv", csv.as_bytes())], "articles = \"a.csv\"\nfields = { date = \"\" }");
    assert_eq!(entries[0].article.date, None);
}

#[test]
fn a_language_is_that_of_the_row_else_of_the_suite_else_detected() {
    let csv = "id,source,lang\n1,颱風接近臺灣東部海面,zh-HK\n2,颱風接近臺灣東部海面,\n";
    let langs = |toml: &str| -> Vec<String> {
        let (_, entries) = loaded(&[("a.csv", csv.as_bytes())], &format!("articles = \"a.csv\"\n{toml}"));
        entries.iter().filter_map(|e| e.article.lang.as_ref()).map(ToString::to_string).collect()
    };
    assert_eq!(langs("lang = \"zh-TW\""), ["zh-HK", "zh-TW"]);
    assert_eq!(langs(""), ["zh-HK", "zh-Hant"]);
}

#[test]
fn plain_texts_and_their_references_by_annotator_load_from_folders() {
    let (dataset, entries) = loaded(
        &[
            ("texts/b.txt", b"\xef\xbb\xbfBee.\r\n\r\nMore.\r\n"),
            ("texts/a.txt", b"Ay."),
            ("texts/a.b.txt", b"Ay bee."),
            ("refs/wang/a.txt", b"A.\n"),
            ("refs/wang/b.txt", b"B.\n"),
            ("refs/li/b.txt", b"B too.\n"),
            ("refs/outputs/sys.jsonl", b"{}"),
        ],
        "articles = \"texts\"\nreferences = \"refs\"\nlang = \"en\"",
    );
    let ids: Vec<&str> = entries.iter().map(|e| e.article.id.as_str()).collect();
    assert_eq!(ids, ["a", "a.b", "b"]);
    assert_eq!(entries[2].article.source, "Bee.\n\nMore.");
    let annotators: Vec<_> = entries[2].references.iter().map(|r| r.annotator.as_deref()).collect();
    assert_eq!(annotators, [Some("li"), Some("wang")]);
    assert_eq!(dataset.warnings(), ["dataset `d`: 1 of 3 articles has no reference (the first is `a.b`)"]);
}

#[test]
fn shards_of_a_folder_are_read_in_the_order_of_their_names() {
    let (_, entries) = loaded(
        &[
            ("d/train-1.jsonl", b"{\"id\": 3, \"source\": \"c\"}\n"),
            ("d/train-0.jsonl", b"{\"id\": 9, \"source\": \"a\"}\n{\"id\": 1, \"source\": \"b\"}\n"),
        ],
        "articles = \"d\"",
    );
    let ids: Vec<&str> = entries.iter().map(|e| e.article.id.as_str()).collect();
    assert_eq!(ids, ["9", "1", "3"]);
}

#[test]
fn warnings_name_the_first_place_and_how_many_more() {
    let gb18030 = encoding_rs::GB18030
        .encode("id,source\n1,气象局说，台风明天将接近东部，各地学校和公司都应注意，市民不要外出。\n")
        .0;
    let (dataset, _) = loaded(&[("a.csv", &gb18030)], "articles = \"a.csv\"\nencoding = \"big5\"");
    let mut all = dataset.warnings().to_vec();

    let (dataset, entries) = loaded(
        &[
            (
                "texts/a.jsonl",
                "{\"id\": 1, \"source\": \"a\", \"references\": [\"r\", \"\", \" \"]}\n\
                 {\"id\": 2, \"source\": \"<p>b</p>\", \"references\": [{\"summary\": \"\"}]}\n\
                 {\"id\": 3, \"source\": \"c\u{fffd}\"}\n\
                 {\"id\": 4, \"source\": \"<p>d</p>\u{fffd}\"}\n"
                    .as_bytes(),
            ),
            ("texts/notes.docx", b""),
            ("texts/more/a.jsonl", b""),
            ("facts/1.csv", b""),
            ("facts/2.toml", b"[[reference]]\nsummary = \"\"\n"),
        ],
        "articles = \"texts\"\nfacts = \"facts\"",
    );
    assert_eq!(entries[0].references.len(), 1);
    all.extend_from_slice(dataset.warnings());
    insta::assert_snapshot!(all.join("\n"));
}
