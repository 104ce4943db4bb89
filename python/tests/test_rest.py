"""Facts, runs, comparisons, the command, and the examples of the documentation."""

import doctest
import importlib
import json
import pathlib
import subprocess
import sys

import pytest

import epitome
from epitome import facts

MODULES = ["epitome", "epitome._pairs", "epitome._runs", "epitome.facts", "epitome.rouge_scorer", "epitome.scoring", "epitome.tokenize", "epitome.tokenizers"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_documentation_run(name):
    module = importlib.import_module(name)
    ran = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    assert ran.attempted > 0 and ran.failed == 0


def test_every_public_name_is_documented():
    for name in epitome.__all__:
        assert getattr(epitome, name).__doc__, name


def test_facts_are_judged_as_the_command_does(tmp_path):
    case = {
        "id": "one",
        "source": "中方宣布今年內提供20億元人民幣無償援助。",
        "source_lang": "zh-TW",
        "lang": "zh-CN",
        "facts": [{"id": "g", "kind": "quantity", "claim": "中方今年內提供20億元人民幣無償援助"}],
        "summary": "中方今年将提供二十亿元无偿援助和三十辆车。",
    }
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(case) + "\n")
    command = [sys.executable, "-m", "epitome", "facts", "check", str(path)]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert facts.check_all([case]) == [answer]
    named = {name: case[name] for name in ("source", "source_lang", "lang")}
    alone = facts.check(case["summary"], case["facts"], **named)
    assert alone == {name: value for name, value in answer.items() if name != "id"}
    with pytest.raises(ValueError, match=r"row 1: facts\[0\]"):
        facts.check_all([case, {"summary": "x", "facts": [{"id": "a"}]}])


def test_a_suite_is_run(suite):
    run = epitome.run(suite, threads=1)
    assert run.exit == 0 and run["schema"] == "epitome.run/1"
    assert (run.folder / "items.jsonl").is_file()
    assert json.loads((run.folder / "run.json").read_text()) == run
    made = epitome.compare(f"{run.folder}::lead", f"{run.folder}::other")
    assert made["schema"].startswith("epitome.comparison/")
    with pytest.raises(epitome.EpitomeError, match="no article matches") as raised:
        epitome.run(suite, only="id=zzz")
    assert raised.value.exit == 2


def test_a_suites_metrics_seed_and_replicates_are_used(suite):
    scorer = epitome.Scorer(str(suite))
    assert (scorer.seed, scorer.replicates) == (5, 1000)
    assert [name for name in scorer.columns if name.startswith("grounding")]


def test_columns_of_scores_are_compared():
    made = epitome.compare([0.1, None, 0.3], [0.2, 0.5, 0.3], seed=3)
    assert (made["articles"], made["left_out"]) == (2, 1)
    assert made == epitome.compare([0.1, float("nan"), 0.3], [0.2, 0.5, 0.3], seed=3)
    with pytest.raises(ValueError, match="first has 1 scores and the second 2"):
        epitome.compare([1.0], [1.0, 2.0])
    with pytest.raises(TypeError, match="row 1: the score is of type str"):
        epitome.compare([1.0, "2"], [1.0, 2.0])
    with pytest.raises(TypeError, match="not one with the other"):
        epitome.compare("latest", [1.0, 2.0])


def test_the_command_is_installed():
    script = pathlib.Path(sys.executable).with_name("epitome")
    assert script.exists()
    shown = subprocess.run([script, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert shown == f"epitome {epitome.__version__}\n"
    assert subprocess.run([script, "run", "nowhere.toml"], stderr=subprocess.PIPE).returncode == 2


def test_the_package_is_typed():
    folder = pathlib.Path(epitome.__file__).parent
    assert (folder / "py.typed").is_file() and (folder / "_native.pyi").is_file()
