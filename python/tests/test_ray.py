"""A Ray cluster of two nodes on this machine, a worker of which is killed in the middle."""

import os
import pathlib
import signal
import threading
import time

import pytest

import epitome
import made

ray = pytest.importorskip("ray", reason="ray is not installed: no cluster is tried")
pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: no cluster is tried")
import epitome.ray  # noqa: E402

METRICS = ["rouge1", "rouge2", "rougeL", "bleu"]
PAIRS = int(os.environ.get("EPITOME_CLUSTER_PAIRS", "20000"))
FOLDER = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def cluster():
    from ray.cluster_utils import Cluster

    os.environ["PYTHONPATH"] = os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", "")])
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 500_000_000, "include_dashboard": False})
    nodes.add_node(num_cpus=1, object_store_memory=500_000_000)
    ray.init(address=nodes.address, log_to_driver=False)
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2
    yield nodes
    ray.shutdown()
    nodes.shutdown()


@pytest.fixture(scope="module")
def expected():
    """What one machine says of the same pairs."""
    columns = made.columns(range(PAIRS))
    return epitome.corpus_score(
        columns["candidate"], columns["reference"], metrics=METRICS, stem=True, ids=columns["id"], lang="en", seed=7
    )


def pairs(notes=None):
    """The pairs as a dataset, whose tasks note who does them."""

    def make(batch):
        if notes is not None:
            with open(os.path.join(notes, str(os.getpid())), "a") as file:
                file.write(".")
        return pyarrow.table(made.columns([int(number) for number in batch["id"]]))

    return ray.data.range(PAIRS, override_num_blocks=max(8, PAIRS // 20_000)).map_batches(
        make, batch_format="numpy", batch_size=1000
    )


def kill_one(notes, killed):
    """Kills the first process that has begun its work, while others go on."""
    for _ in range(6000):
        working = [name for name in os.listdir(notes) if os.path.getsize(os.path.join(notes, name)) > 0]
        if working:
            os.kill(int(working[0]), signal.SIGKILL)
            killed.append(int(working[0]))
            return
        time.sleep(0.01)


def test_a_cluster_says_what_one_machine_says_though_a_worker_is_killed(cluster, expected, tmp_path):
    killed = []
    killer = threading.Thread(target=kill_one, args=(str(tmp_path), killed))
    killer.start()
    record = epitome.ray.evaluate(pairs(str(tmp_path)), METRICS, stem=True, lang="en", seed=7)
    killer.join()
    assert len(killed) == 1
    assert len(os.listdir(tmp_path)) > 1, "others went on"
    assert record["pairs"] == PAIRS
    # Those without a reference, and now and then a candidate that is taken for another language.
    assert record["scores"]["rouge1"]["not_applicable"] >= PAIRS // 1000
    assert record == expected


def test_exact_sums_of_a_cluster_are_those_of_one_machine(cluster):
    few = pairs().limit(3000)
    record = epitome.ray.evaluate(few, ["rouge1", "bleu"], lang="en", resampling="poisson", replicates=50, batch_size=700)
    rows = few.to_pandas()
    alone = epitome.corpus_score(
        list(rows["candidate"]),
        [reference if isinstance(reference, str) else None for reference in rows["reference"]],
        metrics=["rouge1", "bleu"],
        ids=list(rows["id"]),
        lang="en",
        resampling="poisson",
        replicates=50,
    )
    assert record == alone
    assert record["scores"]["rouge1"]["signature"]["resampling"] == "poisson"


def test_scores_stand_beside_the_rows_they_are_of(cluster):
    rows = epitome.ray.score(pairs().limit(2000), ["rouge1"], lang="en").take_all()
    assert len(rows) == 2000
    for row in rows[:50]:
        scored = epitome.columns(epitome.score([row["candidate"]], [row["reference"]], metrics=["rouge1"], lang="en"))
        assert row["rouge1.f1"] == scored["rouge1.f1"][0]


def test_rows_without_ids_are_refused(cluster):
    with pytest.raises(Exception, match="the rows have no ids"):
        epitome.ray.evaluate(pairs().limit(100).drop_columns(["id"]), ["rouge1"])
