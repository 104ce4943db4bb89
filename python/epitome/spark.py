"""Scores in Spark, by `mapInArrow`. Import it as `import epitome.spark`; it needs `pip install pyspark pyarrow`.

The function that runs on the workers is that of `epitome.ray`: a batch of Arrow in, a batch of Arrow out. In full:

    scorer = epitome.Scorer(["rouge1", "rougeL"])

    def scores(batches):
        for batch in batches:
            yield from epitome.spark.beside(batch, scorer.score(batch, threads=1))

    frame.mapInArrow(scores, epitome.spark.schema(frame.schema, scorer))
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping, Optional, Union

from ._pairs import DEFAULT_METRICS, Metrics, Scorer
from .ray import Observes, Sums, joined

__all__ = ["beside", "evaluate", "schema", "score"]


def score(
    frame: Any,
    metrics: Union[str, Metrics] = DEFAULT_METRICS,
    *,
    columns: Optional[Mapping[str, str]] = None,
    **options: Any,
) -> Any:
    """A data frame with the columns of `epitome.score` beside its own; see `epitome.ray.score`."""
    scorer, named = Scorer(metrics, **options), dict(columns or {})

    def scores(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            yield from beside(batch, scorer.score(batch, columns=named, threads=1))

    return frame.mapInArrow(scores, schema(frame.schema, scorer))


def evaluate(
    frame: Any,
    suite: Union[str, Metrics] = DEFAULT_METRICS,
    *,
    columns: Optional[Mapping[str, str]] = None,
    seed: Optional[int] = None,
    replicates: Optional[int] = None,
    resampling: str = "rows",
    **options: Any,
) -> dict:
    """What a data frame comes to: the answer of `epitome.corpus_score`; see `epitome.ray.evaluate`."""
    if resampling not in ("rows", "poisson"):
        raise ValueError(f"resampling is {resampling!r}; there are 'rows' and 'poisson'")
    import pyarrow

    scorer = Scorer(suite, **options)
    observe = Observes(scorer, dict(columns or {}))
    rows = resampling == "rows"
    work = observe if rows else Sums(observe, seed, replicates)

    def works(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            yield from work(pyarrow.Table.from_batches([batch])).to_batches()

    made = frame.mapInArrow(works, "id string, row binary" if rows else "sums binary").collect()
    if not rows:
        return joined(scorer, [bytes(part.sums) for part in made], seed, replicates)
    if not made:
        raise ValueError("the data frame has no rows")
    ids = pyarrow.array([row.id for row in made], pyarrow.string())
    observed = pyarrow.table({"id": ids, "row": pyarrow.array([bytes(row.row) for row in made], pyarrow.binary())})
    return scorer.fold(observed, seed=seed, replicates=replicates)


def beside(batch: Any, scored: Any) -> list:
    """The batches of a batch's own columns and its scores."""
    import pyarrow

    table = pyarrow.Table.from_batches([batch])
    for name in scored.column_names:
        table = table.append_column(name, scored.column(name))
    return table.combine_chunks().to_batches()


def schema(own: Any, scorer: Scorer) -> Any:
    """A data frame's schema with the columns of a scorer."""
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    def kind(name: str) -> Any:
        return StringType() if name.endswith(".unscored") else DoubleType()

    return StructType([*own.fields, *(StructField(name, kind(name), True) for name in scorer.columns)])
