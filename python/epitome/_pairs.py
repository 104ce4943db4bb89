"""Scores of given texts: lists, or columns of a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Sequence, TypedDict, Union

from . import _native

if TYPE_CHECKING:
    from typing_extensions import Unpack

Metrics = Iterable[Union[str, Mapping[str, Any]]]

DEFAULT_METRICS = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class Options(TypedDict, total=False):
    """What holds for all metrics of a `Scorer`."""

    tokenizer: Optional[str]
    stem: bool
    fold: bool
    lossy: str
    lang: Optional[str]


class Scorer:
    """Metrics, prepared once. It can be pickled, and called by several threads at a time.

    `metrics` holds names (`epitome list metrics` shows them) and mappings as a suite's `[[metric]]` has them, or is the path
    of a suite, whose metrics are meant. `tokenizer`, `stem`, `fold` and `lossy` hold for all metrics that take them; where
    none does, that is an error. `lang` is the language of references and sources that no column names (a BCP 47 tag);
    detected where left out.

    >>> import epitome
    >>> scorer = epitome.Scorer(["rouge1", {"use": "rouge1", "name": "stemmed", "stem": True}])
    >>> epitome.columns(scorer.score(["cats sat"], ["a cat sat"]))["stemmed.precision"]
    [1.0]
    """

    def __init__(
        self,
        metrics: Union[str, Metrics] = DEFAULT_METRICS,
        *,
        tokenizer: Optional[str] = None,
        stem: bool = False,
        fold: bool = False,
        lossy: str = "refuse",
        lang: Optional[str] = None,
    ) -> None:
        self._suite = suite_of(metrics)
        asked = self._suite["metrics"] if self._suite else list(metrics)
        options: dict = {}
        if tokenizer is not None:
            options["tokenizer"] = tokenizer
        if stem:
            options["stem"] = True
        if fold:
            options["fold"] = True
        if lossy != "refuse":
            options["lossy"] = lossy
        self._arguments = (json.dumps(asked), json.dumps(options), lang)
        self._native = _native.Scorer(*self._arguments)

    def __getstate__(self) -> dict:
        return {"suite": self._suite, "arguments": self._arguments}

    def __setstate__(self, state: dict) -> None:
        self._suite, self._arguments = state["suite"], state["arguments"]
        self._native = _native.Scorer(*self._arguments)

    @property
    def columns(self) -> list:
        """The names of the columns that `score` makes, in order."""
        return self._native.columns

    @property
    def seed(self) -> int:
        """The suite's seed; 1 where the metrics are no suite's."""
        return self._suite["seed"] if self._suite else 1

    @property
    def replicates(self) -> int:
        """The suite's resamples; 1000 where the metrics are no suite's."""
        return self._suite["replicates"] if self._suite else 1000

    def score(self, candidates, references=None, sources=None, *, langs=None, columns=None, threads=None):
        """A column a field, a row a pair; see `epitome.score`."""
        pairs = pairs_of(candidates, columns, references=references, sources=sources, langs=langs)
        return table(self._native.score(pairs, threads))

    def observe(self, candidates, references=None, sources=None, *, langs=None, ids=None, columns=None, threads=None):
        """What `fold` and `partial` work on: an Arrow table of ids (where there are some) and bytes, a row a pair."""
        pairs = pairs_of(candidates, columns, references=references, sources=sources, langs=langs, ids=ids)
        return table(self._native.observe(pairs, threads))

    def fold(self, observed, *, seed: Optional[int] = None, replicates: Optional[int] = None) -> dict:
        """The figures of all pairs that `observe` has seen, in the order of their ids (else as they stand).

        The same pairs give the same bytes however they were spread over tables, threads and machines.
        """
        return json.loads(self._native.fold(observed, *self._statistics(seed, replicates)))

    def partial(self, observed, *, seed: Optional[int] = None, replicates: Optional[int] = None) -> bytes:
        """Exact sums of some pairs and of their Poisson resamples, for `join`; the pairs need ids."""
        return bytes(self._native.partial(observed, *self._statistics(seed, replicates)))

    def join(self, partials, *, seed: Optional[int] = None, replicates: Optional[int] = None) -> dict:
        """The figures of all pairs in some `partial` sums, the same bytes whatever their order."""
        return json.loads(self._native.join(list(partials), *self._statistics(seed, replicates)))

    def _statistics(self, seed: Optional[int], replicates: Optional[int]) -> tuple:
        return (self.seed if seed is None else seed, self.replicates if replicates is None else replicates)


def score(
    candidates,
    references=None,
    sources=None,
    metrics: Union[str, Metrics] = DEFAULT_METRICS,
    *,
    langs=None,
    columns: Optional[Mapping[str, str]] = None,
    threads: Optional[int] = None,
    **options: Unpack[Options],
):
    """Scores pairs, row by row.

    `candidates`, `references`, `sources` and `langs` are lists, or columns (of pyarrow, pandas, Polars); a row of references
    is a text or a list of texts. Or `candidates` is a whole table that speaks Arrow's PyCapsule interface (pyarrow, pandas
    2.2, Polars, DuckDB), with columns `candidate`, `references` or `reference`, and if there are some `source` and `lang`;
    `columns={"candidate": "summary"}` says where they are called otherwise.

    Returns a table with a column a field (`rouge1.f1`) and for each metric one (`rouge1.unscored`) that says why a row has
    no score, null where it has one. It is a `pyarrow.Table` where pyarrow is installed, else an `epitome.Table`, which any
    Arrow library takes.

    A row that cannot be read raises `ValueError` or `TypeError` with its number, counted from 0. `threads` is the number of
    threads, one a core where it is left out; no result depends on it. `options` are those of `Scorer`: `tokenizer`, `stem`,
    `fold`, `lossy`, `lang`.

    >>> import epitome
    >>> table = epitome.score(["the cat sat", "捷運明年通車"], [["a cat sat", "the cat sat"], "捷運新線明年通車"], metrics=["rouge1"])
    >>> epitome.columns(table)["rouge1.f1"]
    [1.0, 0.8571428571428571]
    """
    scorer = Scorer(metrics, **options)
    return scorer.score(candidates, references, sources, langs=langs, columns=columns, threads=threads)


def corpus_score(
    candidates,
    references=None,
    sources=None,
    metrics: Union[str, Metrics] = DEFAULT_METRICS,
    *,
    langs=None,
    ids=None,
    columns: Optional[Mapping[str, str]] = None,
    threads: Optional[int] = None,
    seed: Optional[int] = None,
    replicates: Optional[int] = None,
    resampling: str = "rows",
    **options: Unpack[Options],
) -> dict:
    """What pairs come to as a corpus: each metric's mean (or pooled score), 95 % interval, n and signature.

    The answer is that of `epitome score --aggregate`. Texts are given as to `score`. Where there are `ids` (or a column
    `id`), pairs are folded in their order, so that the order of rows changes nothing.

    `resampling="poisson"` adds up exactly and weights each pair by its id instead of drawing rows, as clusters do with more
    pairs than one machine folds; it needs ids, and stands in the signature.

    >>> import epitome
    >>> made = epitome.corpus_score(["the cat sat", "a dog"], ["the cat sat down", "a dog ran"], metrics=["rouge1"])
    >>> made["scores"]["rouge1"]["precision"]["mean"], made["pairs"]
    (1.0, 2)
    """
    scorer = Scorer(metrics, **options)
    observed = scorer.observe(candidates, references, sources, langs=langs, ids=ids, columns=columns, threads=threads)
    if resampling == "rows":
        return scorer.fold(observed, seed=seed, replicates=replicates)
    if resampling == "poisson":
        part = scorer.partial(observed, seed=seed, replicates=replicates)
        return scorer.join([part], seed=seed, replicates=replicates)
    raise ValueError(f"resampling is {resampling!r}; there are 'rows' and 'poisson'")


def columns(table) -> dict:
    """The columns of a table that `score` made, as lists by name, whatever library it belongs to.

    >>> import epitome
    >>> sorted(epitome.columns(epitome.score(["a"], ["a"], metrics=["chrf"])))
    ['chrf.score', 'chrf.unscored']
    """
    return table.to_pydict()


def suite_of(metrics) -> Optional[dict]:
    """The metrics, seed and replicates of a suite, where that is what `metrics` names."""
    if isinstance(metrics, str) or hasattr(metrics, "__fspath__"):
        path = str(metrics)
        if isinstance(metrics, str) and not path.endswith(".toml"):
            raise ValueError(f"metrics is the text {path!r}; give a list, [{path!r}], or the path of a suite (.toml)")
        return json.loads(_native.suite(path))
    return None


def table(native):
    """A native table as pyarrow's, where that is installed."""
    try:
        import pyarrow
    except ImportError:
        return native
    return pyarrow.table(native)


def is_table(given) -> bool:
    """Whether something is a table rather than a list or a column."""
    if not hasattr(given, "__arrow_c_stream__"):
        return False
    # A column (pyarrow's ChunkedArray, a Series of Polars or pandas) streams, too, but has no columns of its own.
    return any(hasattr(given, name) for name in ("column_names", "columns", "schema"))


def listed(column: Any) -> Optional[Sequence]:
    """A column as a list."""
    if column is None or isinstance(column, list):
        return column
    if isinstance(column, (str, bytes)):
        raise TypeError("a single text was given where a list of texts belongs; put it in brackets")
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, name):
            return getattr(column, name)()
    return list(column)


def pairs_of(candidates: Any, columns: Optional[Mapping[str, str]], **beside: Any) -> _native.Pairs:
    """Pairs for the native half: the columns of a table, or lists with what stands beside each candidate."""
    if is_table(candidates):
        for name, value in beside.items():
            if value is not None:
                raise TypeError(f"candidates is a table, so {name} is one of its columns: name it with columns={{...}}")
        return _native.Pairs.of_table(candidates, dict(columns or {}))
    if columns:
        raise TypeError("columns names the columns of a table, and candidates is none")
    return _native.Pairs.of_lists(listed(candidates), **{name: listed(value) for name, value in beside.items()})
