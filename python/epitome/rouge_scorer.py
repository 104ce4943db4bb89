"""ROUGE between two texts: takes the place of `rouge_score.rouge_scorer`."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Sequence

from . import _native, scoring, tokenizers

__all__ = ["RougeScorer"]


class RougeScorer(scoring.BaseScorer):
    """ROUGE as rouge_score 0.1.2 computes it, to the last digit, some hundred times faster.

    `rouge_types` names what to compute: `rouge1` to `rouge9`, `rougeL`, `rougeLsum`. `use_stemmer` stems words of more than
    three letters. `split_summaries` divides texts into sentences for `rougeLsum`, by our own rules and not nltk's, which
    would need its data. `tokenizer` is anything with a method `tokenize(text)`, in place of the default one; it does its own
    stemming, if any.

    >>> from epitome import rouge_scorer
    >>> scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    >>> scores = scorer.score("The quick brown fox jumps over the lazy dog", "The quick brown dog jumps on the log.")
    >>> scores["rouge1"].precision, round(scores["rougeL"].fmeasure, 3)
    (0.75, 0.588)
    """

    def __init__(
        self,
        rouge_types: Sequence[str],
        use_stemmer: bool = False,
        split_summaries: bool = False,
        tokenizer: Optional[Any] = None,
    ) -> None:
        self.rouge_types = rouge_types
        self._use_stemmer = bool(use_stemmer)
        self._split_summaries = bool(split_summaries)
        self._own = tokenizer or None
        self._tokenizer = tokenizer or tokenizers.DefaultTokenizer(use_stemmer)
        self._scorers: Dict[tuple, Any] = {}

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_scorers": {}}

    def score(self, target: str, prediction: str) -> Dict[str, scoring.Score]:
        """Scores of a prediction against a target, by type. Raises `ValueError` for a type that is none."""
        kinds = tuple(self.rouge_types)
        if self._own is None:
            return dict(zip(kinds, map(scoring.Score._make, self._scorer(kinds).score(target, prediction))))
        kinds = [checked(kind) for kind in kinds]
        result = {}
        whole = [kind for kind in kinds if kind != "rougeLsum"]
        if whole:
            sides = [[self._own.tokenize(text)] for text in (target, prediction)]
            result.update(zip(whole, scored(whole, *sides)))
        if "rougeLsum" in kinds:
            sides = [[self._own.tokenize(line) for line in self._lines(text)] for text in (target, prediction)]
            result["rougeLsum"] = scored(["rougeLsum"], *sides)[0]
        return {kind: result[kind] for kind in kinds}

    def score_multi(self, targets: Sequence[str], prediction: str) -> Dict[str, scoring.Score]:
        """Scores against several targets: for each type those of the target with the largest F, the first on ties."""
        scores = [self.score(target, prediction) for target in targets]
        if not scores:
            raise ValueError("there is no target to score against")
        return {kind: max((each[kind] for each in scores), key=lambda score: score.fmeasure) for kind in self.rouge_types}

    def _scorer(self, kinds: tuple) -> Any:
        # `rouge_types` may be changed between calls, as rouge_score allows.
        if kinds not in self._scorers:
            asked = [checked(kind) for kind in kinds]
            self._scorers[kinds] = _native.Rouge(asked, self._use_stemmer, False, self._split_summaries)
        return self._scorers[kinds]

    def _lines(self, text: str) -> List[str]:
        lines = _native.sentences(text) if self._split_summaries else text.split("\n")
        return [line for line in lines if line]


def checked(kind: str) -> str:
    """A type that there is."""
    if kind in ("rougeL", "rougeLsum") or re.fullmatch("rouge[1-9]", kind):
        return kind
    if kind == "rouge0":
        raise ValueError(f"rougen requires positive n: {kind}")
    raise ValueError(f"Invalid rouge type: {kind}")


def scored(kinds: List[str], target: Sequence[Sequence[Any]], prediction: Sequence[Sequence[Any]]) -> List[scoring.Score]:
    """Scores of texts that are given as tokens, line by line: tokens are compared by number, whatever they are."""
    numbers: Dict[Any, int] = {}

    def written(lines: Sequence[Sequence[Any]]) -> str:
        return "\n".join(" ".join(str(numbers.setdefault(token, len(numbers))) for token in line) for line in lines)

    scorer = _native.Rouge(kinds, False, True, False)
    return [scoring.Score(*score) for score in scorer.score(written(target), written(prediction))]


# rouge_score's tests, and programs that reach behind its interface, call these by name.


def _lcs_table(ref: Sequence[Any], can: Sequence[Any]) -> List[List[int]]:
    """Lengths of longest common subsequences of all beginnings of both."""
    table = [[0] * (len(can) + 1)]
    for token in ref:
        above, row = table[-1], [0]
        for at, other in enumerate(can):
            row.append(above[at] + 1 if token == other else max(above[at + 1], row[at]))
        table.append(row)
    return table


def _backtrack_norec(t: List[List[int]], ref: Sequence[Any], can: Sequence[Any]) -> List[int]:
    """Places in `ref` of one longest common subsequence: the candidate is gone back in only where that loses nothing."""
    places: List[int] = []
    row, column = len(ref), len(can)
    while row and column:
        if ref[row - 1] == can[column - 1]:
            row, column = row - 1, column - 1
            places.append(row)
        elif t[row][column - 1] > t[row - 1][column]:
            column -= 1
        else:
            row -= 1
    return places[::-1]


def lcs_ind(ref: Sequence[Any], can: Sequence[Any]) -> List[int]:
    """Places in `ref` of one longest common subsequence."""
    return _backtrack_norec(_lcs_table(ref, can), ref, can)


def _find_union(lcs_list: Sequence[Sequence[int]]) -> List[int]:
    """The places that any of the lists holds."""
    return sorted({place for places in lcs_list for place in places})


def _union_lcs(ref: Sequence[Any], c_list: Sequence[Sequence[Any]]) -> List[Any]:
    """The tokens of `ref` in the union of its subsequences with each of the candidates."""
    return [ref[place] for place in _find_union([lcs_ind(ref, can) for can in c_list])]


def _summary_level_lcs(ref_sent: Sequence[Sequence[Any]], can_sent: Sequence[Sequence[Any]]) -> scoring.Score:
    """`rougeLsum` of tokenized sentences."""
    return scored(["rougeLsum"], ref_sent, can_sent)[0]
