"""Scores and their aggregation: takes the place of `rouge_score.scoring`."""

from __future__ import annotations

import abc
import sys
from typing import Dict, List, Mapping, NamedTuple

from . import _native

__all__ = ["AggregateScore", "BaseScorer", "BootstrapAggregator", "Score", "fmeasure"]


class Score(NamedTuple):
    """Precision, recall and F."""

    precision: float
    recall: float
    fmeasure: float


class AggregateScore(NamedTuple):
    """The ends of an interval and what lies between them, each a score."""

    low: Score
    mid: Score
    high: Score


class BaseScorer(abc.ABC):
    """What scorers have in common."""

    @abc.abstractmethod
    def score(self, target: str, prediction: str) -> Dict[str, Score]:
        """Scores of a prediction against a target, by type."""


class BootstrapAggregator:
    """Collects scores, and resamples them for an interval of their means, as rouge_score's does.

    It draws what rouge_score would draw: from numpy's global generator where numpy has been imported (so `numpy.random.seed`
    gives the same figures with both libraries), and where it has not from the state that numpy has after `seed(0)`.

    >>> from epitome import rouge_scorer, scoring
    >>> scorer, aggregator = rouge_scorer.RougeScorer(["rouge1"]), scoring.BootstrapAggregator()
    >>> for prediction in ["one two", "two three", "one two three"]:
    ...     aggregator.add_scores(scorer.score("one two three", prediction))
    >>> aggregator.aggregate()["rouge1"].mid.precision
    1.0
    """

    def __init__(self, confidence_interval: float = 0.95, n_samples: int = 1000) -> None:
        if confidence_interval < 0 or confidence_interval > 1:
            raise ValueError("confidence_interval must be in range [0, 1]")
        if n_samples <= 0:
            raise ValueError("n_samples must be positive")
        self._n_samples = n_samples
        self._confidence_interval = confidence_interval
        self._scores: Dict[str, List[tuple]] = {}
        self._state = None

    def add_scores(self, scores: Mapping[str, tuple]) -> None:
        """Adds one sample: scores by type."""
        for score_type, score in scores.items():
            self._scores.setdefault(score_type, []).append(score)

    def aggregate(self) -> Dict[str, AggregateScore]:
        """Low, mid and high of each type's mean. `mid` is the median of the resampled means."""
        result = {}
        for score_type, scores in self._scores.items():
            rows = [[float(value) for value in score] for score in scores]
            words, position = self._generator()
            columns, words, position = _native.bootstrap(
                rows, self._n_samples, float(self._confidence_interval), words, position
            )
            self._advance(words, position)
            kind = type(scores[0])
            low, mid, high = (kind(*(column[end] for column in columns)) for end in range(3))
            result[score_type] = AggregateScore(low, mid, high)
        return result

    def _generator(self) -> tuple:
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            _, words, position, *_ = numpy.random.get_state(legacy=True)
            return [int(word) for word in words], int(position)
        if self._state is None:
            self._state = _native.numpy_state(0)
        return self._state

    def _advance(self, words: list, position: int) -> None:
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            state = numpy.random.get_state(legacy=True)
            numpy.random.set_state((state[0], numpy.array(words, dtype="uint32"), position, *state[3:]))
        else:
            self._state = (words, position)


def fmeasure(precision: float, recall: float) -> float:
    """The harmonic mean of both; 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
