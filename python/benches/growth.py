"""How cost grows with the number of pairs: `python benches/growth.py 10000 100000 1000000`.

For each number, a process of its own scores made pairs on one thread with four ROUGE metrics and the stemmer, folds them with
1000 resamples, and tells pairs a second and the most memory it had. The pairs are those of the clusters' tests (about 25 and 40
words), made before the clock starts. Times are of the processor.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import time

METRICS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


def memory() -> float:
    """The most memory that this process has had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(count: int) -> dict:
    """Seconds and memory of each step."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
    import pyarrow

    import epitome
    import made

    columns = made.columns(range(count))
    table = pyarrow.table(columns)
    del columns
    scorer = epitome.Scorer(METRICS, stem=True, lang="en")
    told = {"pairs": count, "input": memory()}

    def step(name, work):
        began = time.process_time()
        result = work()
        told[name] = time.process_time() - began
        told[name + " memory"] = memory()
        return result

    observed = step("observe", lambda: scorer.observe(table, threads=1))
    told["row"] = observed.nbytes / count
    step("fold", lambda: scorer.fold(observed))
    part = observed.slice(0, min(count, 20_000))
    step("poisson", lambda: scorer.partial(part))
    told["poisson"] *= count / len(part)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one)))
        return
    print("    pairs   pairs/s scoring   bytes/row   fold, s   Poisson sums, pairs/s   input, MiB   most, MiB")
    for count in given.pairs:
        command = [sys.executable, __file__, "--one", str(count)]
        told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        print(
            f"{count:9}   {count / told['observe']:15,.0f}   {told['row']:9.0f}   {told['fold']:7.2f}   "
            f"{count / told['poisson']:21,.0f}   {told['input']:10.0f}   {told['fold memory']:9.0f}"
        )


if __name__ == "__main__":
    main()
