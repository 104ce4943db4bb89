"""Scores on a Ray cluster. Import it as `import epitome.ray`; it needs `pip install "ray[data]" pyarrow`.

`score` adds columns to a dataset. `evaluate` says what a dataset comes to: rows are observed where they are, come back in the
order of their ids, and go through the one fold that a single machine does, so that the answer holds the same bytes as
`epitome.corpus_score` of the same rows, whatever the blocks, nodes and failures on the way. A task that is lost is run again by
Ray, and a row's numbers depend on that row alone.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Union

from ._pairs import DEFAULT_METRICS, Metrics, Scorer

__all__ = ["evaluate", "score"]


def score(
    dataset: Any,
    metrics: Union[str, Metrics] = DEFAULT_METRICS,
    *,
    columns: Optional[Mapping[str, str]] = None,
    batch_size: int = 4096,
    num_cpus: float = 1,
    **options: Any,
) -> Any:
    """A dataset (`ray.data.Dataset`) with the columns of `epitome.score` beside its own.

    `columns` says where `candidate`, `references`, `source` and `lang` are called otherwise. `options` are those of
    `epitome.Scorer` (`stem=True`, …). Work is done by tasks of `num_cpus` and one thread, each on `batch_size` rows.
    """
    scorer = Scorer(metrics, **options)
    add = Adds(scorer, dict(columns or {}))
    return dataset.map_batches(add, batch_format="pyarrow", batch_size=batch_size, num_cpus=num_cpus)


def evaluate(
    dataset: Any,
    suite: Union[str, Metrics] = DEFAULT_METRICS,
    *,
    columns: Optional[Mapping[str, str]] = None,
    batch_size: int = 4096,
    num_cpus: float = 1,
    seed: Optional[int] = None,
    replicates: Optional[int] = None,
    resampling: str = "rows",
    **options: Any,
) -> dict:
    """What a dataset comes to: the answer of `epitome.corpus_score`, intervals included.

    `suite` is the path of a suite, whose metrics, seed and replicates are meant, or a list of metrics. The dataset needs a
    column `id` without doubles, since blocks have no order. With `resampling="rows"` a row of about 40 bytes a metric
    comes back to this process for each pair (about 200 MB a million pairs and four metrics). `resampling="poisson"` adds up
    exactly on the nodes and brings back sums alone: any number of pairs in constant memory; its intervals weight each pair
    by its id, which stands in the signature.
    """
    if resampling not in ("rows", "poisson"):
        raise ValueError(f"resampling is {resampling!r}; there are 'rows' and 'poisson'")
    import pyarrow

    scorer = Scorer(suite, **options)
    observe = Observes(scorer, dict(columns or {}))
    given = {"batch_format": "pyarrow", "batch_size": batch_size, "num_cpus": num_cpus}
    if resampling == "rows":
        observed = dataset.map_batches(observe, **given)
        tables = list(observed.iter_batches(batch_format="pyarrow", batch_size=None))
        if not tables:
            raise ValueError("the dataset has no rows")
        return scorer.fold(pyarrow.concat_tables(tables), seed=seed, replicates=replicates)
    partial = Sums(observe, seed, replicates)
    sums = dataset.map_batches(partial, **given)
    parts = sums.iter_batches(batch_format="pyarrow", batch_size=None)
    flat = (part for table in parts for part in table.column("sums").to_pylist())
    return joined(scorer, flat, seed, replicates)


def joined(scorer: Scorer, parts: Any, seed: Optional[int], replicates: Optional[int]) -> dict:
    """The figures of partial sums."""
    made = scorer.join(parts, seed=seed, replicates=replicates)
    if made["pairs"] == 0:
        raise ValueError("the dataset has no rows")
    return made


class Adds:
    """Puts scores beside a batch's own columns."""

    def __init__(self, scorer: Scorer, columns: Mapping[str, str]) -> None:
        self.scorer, self.columns = scorer, columns

    def __call__(self, batch: Any) -> Any:
        scored = self.scorer.score(batch, columns=self.columns, threads=1)
        for name in scored.column_names:
            batch = batch.append_column(name, scored.column(name))
        return batch


class Observes:
    """Makes of a batch what the fold works on."""

    def __init__(self, scorer: Scorer, columns: Mapping[str, str]) -> None:
        self.scorer, self.columns = scorer, columns

    def __call__(self, batch: Any) -> Any:
        observed = self.scorer.observe(batch, columns=self.columns, threads=1)
        if "id" not in observed.column_names:
            raise ValueError('the rows have no ids, and blocks no order: give a column `id`, or columns={"id": …}')
        return observed


class Sums:
    """Makes of a batch its exact sums."""

    def __init__(self, observe: Observes, seed: Optional[int], replicates: Optional[int]) -> None:
        self.observe, self.seed, self.replicates = observe, seed, replicates

    def __call__(self, batch: Any) -> Any:
        import pyarrow

        sums = self.observe.scorer.partial(self.observe(batch), seed=self.seed, replicates=self.replicates)
        return pyarrow.table({"sums": pyarrow.array([sums], pyarrow.binary())})
