"""epitome evaluates summarizers: overlap with references, facts preserved, statistics you can trust.

>>> import epitome
>>> table = epitome.score(["the cat sat"], ["the cat sat down"], metrics=["rouge1"])
>>> epitome.columns(table)["rouge1.recall"]
[0.75]

- `score` scores pairs, row by row; `corpus_score` says what they come to, with intervals; `compare` which of two is better.
- `facts` judges summaries by checklists and finds quantities, without a model.
- `run` evaluates a suite, as the command `epitome` does.
- `rouge_scorer` and `scoring` take the place of rouge_score's modules of those names.
- `epitome.ray` and `epitome.spark` do the same on a cluster.

Nothing here depends on the number of threads, and long work leaves the interpreter lock alone.
"""

from . import facts, rouge_scorer, scoring
from ._native import Table, __version__
from ._pairs import Scorer, columns, corpus_score, score
from ._runs import EpitomeError, Run, compare, run

__all__ = [
    "EpitomeError",
    "Run",
    "Scorer",
    "Table",
    "__version__",
    "columns",
    "compare",
    "corpus_score",
    "facts",
    "rouge_scorer",
    "run",
    "score",
    "scoring",
]
