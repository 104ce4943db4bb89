"""Scores of lists and tables."""

import json
import pickle
import subprocess
import sys

import pytest

import epitome

METRICS = ["rouge1", "rougeL", "bleu", "chrf", "grounding"]


def test_lists_are_scored_row_by_row(pairs):
    table = epitome.score(*pairs, metrics=METRICS, lossy="allow")
    made = epitome.columns(table)
    assert list(made)[:4] == ["rouge1.precision", "rouge1.recall", "rouge1.f1", "rouge1.unscored"]
    assert all(len(column) == len(pairs[0]) for column in made.values())
    for value, why in zip(made["rouge1.f1"], made["rouge1.unscored"]):
        assert (value is None) == (why is not None)
    assert all("no_source" in why for why in made["grounding.unscored"])


def test_no_result_depends_on_threads(pairs):
    one = epitome.score(*pairs, metrics=METRICS, threads=1)
    for threads in (None, 2, 7):
        assert epitome.columns(epitome.score(*pairs, metrics=METRICS, threads=threads)) == epitome.columns(one)
        corpus = [epitome.corpus_score(*pairs, metrics=METRICS, threads=threads) for threads in (1, threads)]
        assert corpus[0] == corpus[1]


def test_answers_are_those_of_the_command(pairs, tmp_path):
    lines = [json.dumps({"candidate": c, "references": [r]}) + "\n" for c, r in zip(*pairs)]
    (tmp_path / "pairs.jsonl").write_text("".join(lines))
    command = [sys.executable, "-m", "epitome", "score", str(tmp_path / "pairs.jsonl"), "--metrics", ",".join(METRICS)]
    answers = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    made = epitome.columns(epitome.score(*pairs, metrics=METRICS))
    for row, answer in enumerate(map(json.loads, answers)):
        for metric, fields in answer["scores"].items():
            for field, value in (fields or {}).items():
                assert made[f"{metric}.{field}"][row] == value
            if fields is None:
                why = answer["unscored"][metric]
                assert made[f"{metric}.unscored"][row] == f"{why['status']}: {why['code']}: {why['message']}"
    aggregate = subprocess.run([*command, "--aggregate"], check=True, stdout=subprocess.PIPE).stdout
    assert epitome.corpus_score(*pairs, metrics=METRICS) == json.loads(aggregate)


@pytest.mark.parametrize("library", ["pyarrow", "pandas", "polars", "duckdb"])
def test_tables_of_every_library_are_scored_as_lists_are(library, pairs):
    module = pytest.importorskip(library, reason=f"{library} is not installed: its tables are not tried")
    data = {"id": list(range(len(pairs[0]))), "summary": pairs[0], "reference": pairs[1]}
    if library == "pyarrow":
        table = module.table(data)
        # In several chunks, one of them empty.
        table = module.concat_tables([table.slice(0, 100), table.slice(100, 0), table.slice(100)])
    elif library == "pandas":
        table = module.DataFrame(data)
    elif library == "polars":
        table = module.DataFrame(data)
    else:
        frame = pytest.importorskip("pandas").DataFrame(data)
        table = module.sql("SELECT * FROM frame")
    expected = epitome.columns(epitome.score(*pairs, metrics=["rouge1", "chrf"]))
    columns = {"candidate": "summary"}
    assert epitome.columns(epitome.score(table, metrics=["rouge1", "chrf"], columns=columns)) == expected
    if library != "duckdb":
        by_column = epitome.score(table["summary"], table["reference"], metrics=["rouge1", "chrf"])
        assert epitome.columns(by_column) == expected


def test_lists_of_references_in_a_table():
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    references = [["a cat", "the cat sat"], None, ["a dog"]]
    table = pyarrow.table({"candidate": ["the cat sat", "x", "a dog"], "references": references})
    made = epitome.score(table, metrics=["rouge1"])
    assert isinstance(made, pyarrow.Table)
    assert made["rouge1.f1"].to_pylist() == [1.0, None, 1.0]
    assert "no_reference" in made["rouge1.unscored"][1].as_py()
    # A slice begins within the list's values.
    assert epitome.score(table.slice(2), metrics=["rouge1"])["rouge1.f1"].to_pylist() == [1.0]


def test_without_pyarrow_a_table_of_our_own_comes_back():
    program = (
        "import sys; sys.modules['pyarrow'] = None; import epitome\n"
        "table = epitome.score(['a b'], ['a b c'], metrics=['rouge1'])\n"
        "assert type(table) is epitome.Table and len(table) == 1, table\n"
        "print(table.to_pydict()['rouge1.recall'], table.column_names[:1])\n"
        "print(epitome.corpus_score(['a b'], ['a b c'], metrics=['rouge1'], ids=['x'])['pairs'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    assert ended.stdout == "[0.6666666666666666] ['rouge1.precision']\n1\n"


@pytest.mark.parametrize(
    "arguments, error, said",
    [
        ((["a", 3], ["a", "b"]), TypeError, "row 1: the candidate is of type int, not str"),
        ((["a", None], ["a", "b"]), ValueError, "row 1: there is no candidate"),
        ((["a", "b"], ["a", ["b", 4]]), TypeError, "row 1: the reference is of type int"),
        ((["a", "b"], ["a", 4]), TypeError, "row 1: the references are neither"),
        ((["a", "\ud800"], ["a", "b"]), ValueError, "row 1: the candidate is no text"),
        ((["a"], ["a", "b"]), ValueError, "1 candidates and 2 references"),
        (("a", "b"), TypeError, "put it in brackets"),
    ],
)
def test_errors_name_the_row(arguments, error, said):
    with pytest.raises(error, match=said):
        epitome.score(*arguments, metrics=["rouge1"])


def test_rows_of_later_chunks_are_counted_from_the_beginning():
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    part = pyarrow.table({"candidate": ["a"] * 5, "reference": ["a"] * 5})
    bad = pyarrow.table({"candidate": ["a", None], "reference": ["a", "a"]})
    with pytest.raises(ValueError, match="row 6: there is no candidate"):
        epitome.score(pyarrow.concat_tables([part, bad]), metrics=["rouge1"])
    with pytest.raises(ValueError, match="no column `candidate`.*it has x, y"):
        epitome.score(pyarrow.table({"x": ["a"], "y": ["b"]}))
    with pytest.raises(TypeError, match="column `candidate` holds Int64, not text"):
        epitome.score(pyarrow.table({"candidate": [1], "reference": ["b"]}))
    with pytest.raises(ValueError, match="`summary` is no role"):
        epitome.score(part, columns={"summary": "candidate"})


def test_metrics_that_are_none_are_refused():
    with pytest.raises(ValueError, match="did you mean `rouge1`"):
        epitome.score(["a"], ["a"], metrics=["ruge1"])
    with pytest.raises(ValueError, match="`stem` has no effect"):
        epitome.score(["a"], ["a"], metrics=["chrf"], stem=True)
    with pytest.raises(ValueError, match="asked for twice"):
        epitome.score(["a"], ["a"], metrics=["chrf", "chrf"])
    with pytest.raises(ValueError, match="give a list"):
        epitome.score(["a"], ["a"], metrics="chrf")


def test_a_corpus_does_not_depend_on_the_order_of_its_rows(pairs):
    candidates, references = pairs
    ids = [f"n{row * 7919 % 1000}" for row in range(len(candidates))]
    once = epitome.corpus_score(candidates, references, metrics=METRICS, ids=ids)
    again = epitome.corpus_score(candidates[::-1], references[::-1], metrics=METRICS, ids=ids[::-1])
    assert once == again
    poisson = epitome.corpus_score(candidates, references, metrics=METRICS, ids=ids, resampling="poisson")
    for metric in ("bleu", "chrf"):
        ours, theirs = (made["scores"][metric] for made in (once, poisson))
        sides = zip(*(side.get("strata", {"": side}).values() for side in (ours, theirs)))
        for one, other in sides:
            assert one["score"]["pooled"] == pytest.approx(other["score"]["pooled"], abs=1e-9)
            assert other["signature"] == {**one["signature"], "resampling": "poisson", "sum": "fixed64"}
    with pytest.raises(ValueError, match="id `x` is there twice, in rows 0 and 2"):
        epitome.corpus_score(["a"] * 3, ["a"] * 3, metrics=["rouge1"], ids=["x", "y", "x"])
    with pytest.raises(ValueError, match="need ids"):
        epitome.corpus_score(["a"], ["a"], metrics=["rouge1"], resampling="poisson")


def test_parts_join_in_any_order(pairs):
    scorer = pickle.loads(pickle.dumps(epitome.Scorer(["rouge1", "bleu"], stem=True)))
    ids = list(range(len(pairs[0])))
    parts = []
    for start in range(0, len(ids), 90):
        of = slice(start, start + 90)
        observed = scorer.observe(pairs[0][of], pairs[1][of], ids=ids[of])
        parts.append(scorer.partial(observed, replicates=40))
    assert scorer.join(parts, replicates=40) == scorer.join(parts[::-1], replicates=40)
    whole = scorer.partial(scorer.observe(*pairs, ids=ids), replicates=40)
    assert scorer.join([whole], replicates=40) == scorer.join(parts, replicates=40)
    with pytest.raises(ValueError, match="partial sum 0"):
        scorer.join([b"nonsense"])
