"""The drop-in, held against rouge_score itself."""

import pathlib
import pickle
import random
import types
import unittest

import numpy
import pytest

import epitome.rouge_scorer
import epitome.scoring
import epitome.tokenizers

from conftest import text

rouge_score = pytest.importorskip("rouge_score", reason="rouge_score is not installed: the drop-in is held against nothing")
from rouge_score import rouge_scorer, scoring, test_util, tokenizers  # noqa: E402

TYPES = ["rouge1", "rouge2", "rouge3", "rouge9", "rougeL", "rougeLsum"]


@pytest.mark.parametrize("name", ["rouge_scorer_test", "scoring_test", "tokenize_test", "tokenizers_test"])
def test_published_tests_pass_with_the_import_changed(name, tmp_path, monkeypatch):
    # The package ships its tests, but not the texts that some of them read: those have texts of ours, and where a test then
    # fails with rouge_score, it says nothing of us.
    draw = random.Random(3)
    for constant in ("TARGETS_FILE", "PREDICTIONS_FILE", "LARGE_TARGETS_FILE", "LARGE_PREDICTIONS_FILE"):
        path = tmp_path / constant
        path.write_text("".join(text(draw, 20).replace("\n", " ") + "\n" for _ in range(30)))
        monkeypatch.setattr(test_util, constant, str(path))
    source = pathlib.Path(rouge_score.__file__).with_name(name + ".py").read_text()
    changed = source
    for module in ("rouge_scorer", "scoring", "tokenize", "tokenizers"):
        changed = changed.replace(f"from rouge_score import {module}\n", f"from epitome import {module}\n")
    assert changed != source
    theirs, ours = passed(name, source), passed(name, changed)
    assert theirs, "none of the published tests passes with rouge_score"
    assert theirs <= ours, f"these pass with rouge_score alone: {sorted(theirs - ours)}"


def passed(name, source):
    module = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    suite = unittest.TestLoader().loadTestsFromModule(module)
    result = unittest.TestResult()
    ran = [test.id() for group in suite for test in group]
    suite.run(result)
    broken = {test.id() for test, _ in result.failures + result.errors}
    assert ran
    return {test for test in ran if test not in broken}


@pytest.mark.parametrize("stem", [False, True])
def test_scores_are_equal_to_the_last_digit(stem, pairs):
    theirs, ours = rouge_scorer.RougeScorer(TYPES, use_stemmer=stem), epitome.rouge_scorer.RougeScorer(TYPES, use_stemmer=stem)
    for candidate, reference in zip(*pairs):
        expected = theirs.score(reference, candidate)
        made = ours.score(reference, candidate)
        assert {k: tuple(v) for k, v in made.items()} == {k: tuple(v) for k, v in expected.items()}, (candidate, reference)
        assert list(made) == list(expected)


def test_of_several_targets_each_type_takes_the_best(pairs):
    theirs, ours = rouge_scorer.RougeScorer(TYPES), epitome.rouge_scorer.RougeScorer(TYPES)
    for start in range(0, 60, 3):
        targets, candidate = pairs[1][start : start + 3], pairs[0][start]
        assert ours.score_multi(targets, candidate) == {k: tuple(v) for k, v in theirs.score_multi(targets, candidate).items()}


class Letters(tokenizers.Tokenizer):
    """A tokenizer of a user's own, whose tokens are no words."""

    def tokenize(self, text):
        return [letter for letter in text if not letter.isspace()]


def test_a_tokenizer_of_ones_own_is_used(pairs):
    kinds = ["rougeLsum", "rouge2", "rougeL"]
    theirs = rouge_scorer.RougeScorer(kinds, tokenizer=Letters())
    ours = epitome.rouge_scorer.RougeScorer(kinds, tokenizer=Letters())
    for candidate, reference in list(zip(*pairs))[:40]:
        assert ours.score(reference, candidate) == {k: tuple(v) for k, v in theirs.score(reference, candidate).items()}


@pytest.mark.parametrize("stem", [False, True])
def test_default_tokens_are_equal(stem, pairs):
    theirs, ours = tokenizers.DefaultTokenizer(stem), epitome.tokenizers.DefaultTokenizer(stem)
    for candidate in pairs[0]:
        assert ours.tokenize(candidate) == theirs.tokenize(candidate)


def test_everything_pickles(pairs):
    scorer = epitome.rouge_scorer.RougeScorer(TYPES, use_stemmer=True, tokenizer=None)
    before = scorer.score(pairs[1][0], pairs[0][0])
    again = pickle.loads(pickle.dumps(scorer))
    assert pickle.loads(pickle.dumps(again.score(pairs[1][0], pairs[0][0]))) == before
    assert isinstance(again, epitome.scoring.BaseScorer)
    aggregator = epitome.scoring.BootstrapAggregator(n_samples=10)
    aggregator.add_scores(before)
    assert set(pickle.loads(pickle.dumps(aggregator)).aggregate()) == set(TYPES)


def test_aggregates_are_equal_under_numpys_seed(pairs):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"])
    scores = [scorer.score(reference, candidate) for candidate, reference in list(zip(*pairs))[:70]]
    made = []
    for library in (scoring, epitome.scoring):
        numpy.random.seed(9)
        aggregator = library.BootstrapAggregator(confidence_interval=0.9, n_samples=200)
        for score in scores:
            aggregator.add_scores(score)
        made.append((aggregator.aggregate(), aggregator.aggregate(), numpy.random.random()))
    assert made[0] == made[1]
    assert type(made[1][0]["rouge1"]) is epitome.scoring.AggregateScore


@pytest.mark.parametrize("kind", ["rougen", "rouge0", "rouge10", "bleu"])
def test_what_is_no_type_is_an_error(kind):
    with pytest.raises(ValueError, match=kind):
        epitome.rouge_scorer.RougeScorer([kind]).score("a", "b")
    with pytest.raises(ValueError, match="in range"):
        epitome.scoring.BootstrapAggregator(confidence_interval=1.5)
