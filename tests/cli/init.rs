//! `epitome init`: what it writes runs, what it cannot tell it says.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// Carries out a command in a folder: stdout, stderr, exit code.
fn epitome(folder: &Path, args: &[&str]) -> (String, String, i32) {
    let output = Command::cargo_bin("epitome").expect("the program").current_dir(folder).args(args).output();
    let output = output.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code().unwrap_or(-1))
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("written");
    }
    folder
}

/// An export of a content system: Chinese headers, markup, local dates, three annotators, Big5.
fn export() -> Vec<u8> {
    let mut csv = "nid,標題,內文,發布時間,ref_wang,ref_li,ref_chen,點閱\r\n".to_owned();
    for i in 1..=6 {
        csv += &format!(
            "{},第{i}號颱風接近,\"<p>氣象局今天說，第{i}號颱風明天將接近東部海面，風速每秒{}公尺。</p><p>各地學校與公司都應注意。\
             花蓮縣政府晚間宣布停班停課，鐵路公司同時宣布加開列車{i}班。預估雨量達{}00毫米，山區居民已先行撤離。</p>\",\
             2025/9/{i} 10:30,第{i}號颱風明天接近東部，花蓮停班停課。,氣象局說颱風接近東部海面。,{},{i}7\r\n",
            88210 + i,
            30 + i,
            i,
            if i % 2 == 0 { "花蓮停班停課，鐵路加開列車。" } else { "" },
        );
    }
    encoding_rs::BIG5.encode(&csv).0.into_owned()
}

#[test]
fn the_starter_suite_runs_at_once_and_overwrites_nothing() {
    let folder = folder(&[(".gitignore", b"/target")]);
    let (out, errors, code) = epitome(folder.path(), &["init"]);
    assert_eq!((out.as_str(), code), ("", 0), "{errors}");
    let mut told = errors;
    let (_, errors, code) = epitome(folder.path(), &["run"]);
    assert_eq!(code, 0, "{errors}");
    let ignored = fs::read_to_string(folder.path().join(".gitignore")).expect("written");
    told += &format!("--- .gitignore\n{ignored}");

    fs::write(folder.path().join("epitome.toml"), "mine").expect("written");
    let (_, errors, code) = epitome(folder.path(), &["init"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(format!("{told}\n--- init again\n{errors}"));
    assert_eq!(fs::read_to_string(folder.path().join("epitome.toml")).expect("there"), "mine");

    let (_, errors, code) = epitome(folder.path(), &["init", "--force"]);
    assert_eq!(code, 0, "{errors}");
    let again = fs::read_to_string(folder.path().join(".gitignore")).expect("written");
    assert_eq!(again, ignored, "what is there is not added again");
}

#[test]
fn an_export_in_big5_is_understood_shown_and_runs() {
    let folder = folder(&[("cms.csv", &export())]);
    let (out, errors, code) = epitome(folder.path(), &["init", "--from", "cms.csv"]);
    assert_eq!(code, 0, "{errors}");
    let suite = fs::read_to_string(folder.path().join("epitome.toml")).expect("written");
    insta::assert_snapshot!(format!("{out}\n--- stderr\n{errors}\n--- epitome.toml\n{suite}"));
    let (_, errors, code) = epitome(folder.path(), &["run"]);
    assert_eq!(code, 0, "{errors}");
}

#[test]
fn an_export_without_references_runs_on_what_needs_none() {
    let lines: String = (1..5)
        .map(|i| format!("{{\"guid\": \"g-{i}\", \"text\": \"The river rose by {i} metres on Monday. Two bridges were closed. Schools in the valley stayed open.\"}}\n"))
        .collect();
    let folder = folder(&[("river news.jsonl", lines.as_bytes())]);
    let (_, errors, code) = epitome(folder.path(), &["init", "--from", "river news.jsonl"]);
    assert_eq!(code, 0, "{errors}");
    let suite = fs::read_to_string(folder.path().join("epitome.toml")).expect("written");
    assert!(suite.contains("name = \"river-news\"") && !suite.contains("use = [\"rouge1\""), "{suite}");
    let (_, errors, code) = epitome(folder.path(), &["run"]);
    assert_eq!(code, 0, "{errors}");
}

#[test]
fn what_cannot_be_told_is_asked_for_and_what_is_said_is_used() {
    let csv = "key,kind,words\n1,a,\"Short, but the text.\"\n1,a,Another of them.\n";
    let short = "key,kind,words\n1,a,\"Short, but the text.\"\n2,a,Another of them.\n";
    let broken = "id,text\n1,\"The river rose by two metres on Monday. Two bridges were closed.\"\n1,\"Twice.\"\n";
    let files: &[(&str, &[u8])] = &[
        ("a.csv", csv.as_bytes()),
        ("d.csv", short.as_bytes()),
        ("b.csv", broken.as_bytes()),
        ("c.csv", b"id,text\n1,\xff\xfe\x00\x81 \xf8\n"),
    ];
    let folder = folder(files);
    let mut messages = String::new();
    for args in [
        &["--from", "a.csv"] as &[&str],
        &["--from", "a.csv", "--source", "words"],
        &["--from", "a.csv", "--source", "word", "--id", "kind"],
        &["--from", "b.csv", "--id", "id", "--source", "text"],
        &["--from", "c.csv"],
        &["--from", "c.csv", "--encoding", "big6"],
        &["--from", "missing.csv"],
        &["--from", "."],
        &["--id", "nid"],
    ] {
        let (out, errors, code) = epitome(folder.path(), &[&["init"], args].concat());
        assert_eq!((out.as_str(), code), ("", 2), "{args:?}");
        messages += &format!("$ epitome init {}\n{errors}\n", args.join(" "));
    }
    insta::assert_snapshot!(messages);
    assert!(!folder.path().join("epitome.toml").exists(), "nothing is written where something is wrong");

    let (_, errors, code) = epitome(folder.path(), &["init", "--from", "d.csv", "--source", "words"]);
    assert_eq!(code, 0, "{errors}");
}
