"""Spark with workers in processes of their own, by `mapInArrow`."""

import os
import pathlib
import sys

import pytest

import epitome
import made

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: Spark is not tried")
pytest.importorskip("pyarrow", reason="pyarrow is not installed: Spark is not tried")
import epitome.spark  # noqa: E402

METRICS = ["rouge1", "rougeL", "bleu"]
PAIRS = int(os.environ.get("EPITOME_CLUSTER_PAIRS", "20000"))


@pytest.fixture(scope="module")
def session():
    from pyspark.sql import SparkSession

    folder = str(pathlib.Path(__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")])
    # Two workers, each a process of its own with one core and 1 GiB.
    master = os.environ.get("EPITOME_SPARK_MASTER", "local-cluster[2,1,1024]")
    try:
        session = (
            SparkSession.builder.master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.maxResultSize", "2g")
            .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
            .getOrCreate()
        )
    except Exception as error:  # Java is absent or too old.
        pytest.skip(f"Spark does not start, so it is not tried: {error}")
    yield session
    session.stop()


def pairs(session, count):
    import pyarrow

    def make(batches):
        for batch in batches:
            yield pyarrow.RecordBatch.from_pydict(made.columns(batch.column("id").to_pylist()))

    return session.range(count).repartition(8).mapInArrow(make, "id string, candidate string, reference string")


def test_spark_says_what_one_machine_says(session):
    record = epitome.spark.evaluate(pairs(session, PAIRS), METRICS, stem=True, lang="en", seed=7)
    columns = made.columns(range(PAIRS))
    alone = epitome.corpus_score(
        columns["candidate"], columns["reference"], metrics=METRICS, stem=True, ids=columns["id"], lang="en", seed=7
    )
    assert record == alone


def test_exact_sums_of_spark_are_those_of_one_machine(session):
    record = epitome.spark.evaluate(pairs(session, 3000), ["rouge1"], lang="en", resampling="poisson", replicates=50)
    columns = made.columns(range(3000))
    alone = epitome.corpus_score(
        columns["candidate"],
        columns["reference"],
        metrics=["rouge1"],
        ids=columns["id"],
        lang="en",
        resampling="poisson",
        replicates=50,
    )
    assert record == alone


def test_scores_stand_beside_the_rows_they_are_of(session):
    rows = epitome.spark.score(pairs(session, 500), ["rouge1"], lang="en").collect()
    assert len(rows) == 500
    for row in rows[:20]:
        scored = epitome.columns(epitome.score([row["candidate"]], [row["reference"]], metrics=["rouge1"], lang="en"))
        assert row["rouge1.f1"] == scored["rouge1.f1"][0]
