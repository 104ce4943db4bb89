#!/usr/bin/env python3
"""Overlap metrics against their peers from PyPI: speed and memory.

    python3 -m venv venv && venv/bin/pip install rouge-score==0.1.2 rouge-score-rs==0.2.1 sacrebleu==2.6.0
    cargo build --release && venv/bin/python benches/overlap.py

Pairs are news of 60 + 50 words, drawn from the bundled English articles by a seeded generator, three lines a text. Every
side reads JSON lines and writes JSON lines, on one thread. Figures are CPU seconds, user and system: ours of the whole
process, a peer's without its imports. The two take turns, each line of the table in one go, and the least of the turns
counts, as what disturbs a run only ever adds to it. Two threads against one go by the clock.
"""
import argparse, json, os, pathlib, random, resource, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUGE = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


def pairs(count, seed=1):
    """News-like pairs: a reference of 50 words from the articles, a candidate of 60 that shares most of them."""
    words = []
    for path in sorted(ROOT.glob("datasets/*/*.md")):
        text = path.read_text(encoding="utf-8").split("+++")[-1]
        if sum(c.isascii() for c in text) > 0.95 * len(text):
            words += text.split()
    rng = random.Random(seed)

    def lines(tokens):
        third = len(tokens) // 3
        return "\n".join(" ".join(part) for part in (tokens[:third], tokens[third:2 * third], tokens[2 * third:]))

    for number in range(count):
        start = rng.randrange(len(words) - 50)
        reference = words[start:start + 50]
        candidate = [w if rng.random() < 0.7 else rng.choice(words) for w in reference]
        candidate += [rng.choice(words) for _ in range(10)]
        yield {"id": str(number), "candidate": lines(candidate), "references": [lines(reference)], "lang": "en"}


def peer(name, path, out, stem):
    """Scores a file as a user of the peer would. Runs in a process of its own; prints its CPU seconds."""
    kinds = ROUGE
    if name == "rouge-score":
        from rouge_score import rouge_scorer
        scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=stem)
    elif name == "rouge-score-rs":
        from rouge_score_rs import RougeScorer
        scorer = RougeScorer(kinds, use_stemmer=stem)
    elif name == "bleu":
        from sacrebleu.metrics import BLEU
        scorer = BLEU(effective_order=True)
    elif name == "chrf":
        from sacrebleu.metrics import CHRF
        scorer = CHRF()
    before = time.process_time()
    with open(path, encoding="utf-8") as lines, open(out, "w", encoding="utf-8") as answers:
        rows = [json.loads(line) for line in lines]
        if name == "rouge-score-rs":
            scored = scorer.score_batch([r["references"][0] for r in rows], [r["candidate"] for r in rows])
        elif name == "rouge-score":
            scored = (scorer.score(r["references"][0], r["candidate"]) for r in rows)
        else:
            scored = (scorer.sentence_score(r["candidate"], r["references"]).score for r in rows)
        for row, scores in zip(rows, scored):
            if name.startswith("rouge"):
                scores = {k: {"precision": s[0], "recall": s[1], "f1": s[2]} for k, s in scores.items()}
            answers.write(json.dumps({"id": row["id"], "scores": scores}) + "\n")
    print(time.process_time() - before)


def bootstrap(rows, columns):
    """rouge-score's aggregator over random scores; prints its CPU seconds for 1,000 replicates."""
    import numpy as np
    from rouge_score import scoring
    rng = np.random.default_rng(1)
    aggregator = scoring.BootstrapAggregator(n_samples=1000)
    for row in rng.random((rows, columns)):
        aggregator.add_scores({str(i): scoring.Score(*row[3 * i:3 * i + 3]) for i in range(columns // 3)})
    before = time.process_time()
    aggregator.aggregate()
    print(time.process_time() - before)


def in_child(*arguments):
    """CPU seconds that a run of this script prints, on one thread."""
    env = dict(os.environ, RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    made = subprocess.run([sys.executable, __file__, *map(str, arguments)], env=env, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"{arguments}: {made.stderr[-600:]}")
    return float(made.stdout.split()[-1])


def epitome(binary, *arguments, threads=1):
    """CPU seconds, wall seconds and peak kilobytes of one run of the program."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    child = subprocess.Popen([binary, "score", *map(str, arguments), "--threads", str(threads)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"epitome score: exit {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss


def bench(name):
    """The program of a bench of the project, built where needed."""
    built = subprocess.run(["cargo", "bench", "--bench", name, "--no-run", "--message-format", "json", "--quiet"],
                           cwd=ROOT, capture_output=True, text=True)
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and message["target"]["name"] == name:
            return message["executable"]
    raise SystemExit(f"cargo bench --bench {name}: {built.stderr[-600:]}")


def cpu(*command):
    """CPU seconds of a program on one thread."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ, RAYON_NUM_THREADS="1"))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command}: exit {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def turns(rounds, *sides):
    """The least that each side took, which take turns."""
    return [min(times) for times in zip(*([side() for side in sides] for _ in range(rounds)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/release/epitome"))
    parser.add_argument("--pairs", type=int, default=200_000, help="pairs that epitome scores")
    parser.add_argument("--slow", type=int, default=1_000, help="pairs that rouge-score and sacreBLEU score")
    parser.add_argument("--fast", type=int, default=20_000, help="pairs that rouge-score-rs scores")
    parser.add_argument("--stream", type=int, default=1_000_000, help="pairs of the streaming test; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side")
    parser.add_argument("--no-bootstrap", action="store_true")
    options = parser.parse_args()
    rounds = options.rounds
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)

        def write(name, count):
            path = folder / name
            sample = [json.dumps(p) + "\n" for p in pairs(min(count, 20_000))]
            with open(path, "w", encoding="utf-8") as file:
                for at in range(count):
                    file.write(sample[at % len(sample)])
            return path

        ours, slow, fast = write("ours", options.pairs), write("slow", options.slow), write("fast", options.fast)
        out = folder / "out"

        def of_ours(*arguments):
            return lambda: epitome(options.binary, ours, "--out", out, *arguments)[0] / options.pairs

        def of_peer(name, path, count, stem=False):
            return lambda: in_child("--peer", name, path, out, int(stem)) / count

        print(f"{'':36} {'ours':>10} {'peer':>10} {'ratio':>7} {'must':>6} {'stretch':>8}", flush=True)

        def line(what, mine, theirs, unit, must, stretch):
            print(f"{what:36} {mine:7.2f} {unit} {theirs:7.1f} {unit} {theirs / mine:7.1f} {must:6} {stretch:8}", flush=True)

        for stem in (True, False):
            arguments = ["--metrics", ",".join(ROUGE), *(["--stem"] if stem else [])]
            mine, python, rust = turns(rounds, of_ours(*arguments), of_peer("rouge-score", slow, options.slow, stem),
                                       of_peer("rouge-score-rs", fast, options.fast, stem))
            what = "four ROUGEs, stems" if stem else "four ROUGEs"
            line(f"{what}: rouge-score 0.1.2", mine * 1e6, python * 1e6, "us", *((500, 1000) if stem else (250, 450)))
            line(f"{what}: rouge-score-rs 0.2", mine * 1e6, rust * 1e6, "us", *((6, 12) if stem else (3.5, 6)))
        for name, must, stretch in (("bleu", 45, 80), ("chrf", 40, 100)):
            mine, theirs = turns(rounds, of_ours("--metrics", name), of_peer(name, slow, options.slow))
            line(f"{name} of a pair: sacreBLEU 2.6", mine * 1e6, theirs * 1e6, "us", must, stretch)
        if not options.no_bootstrap:
            program, repeats = bench("bootstrap"), 20
            # The same but once, so that starting and making the table cancel out.
            one, many, theirs = turns(rounds, lambda: cpu(program, "1"), lambda: cpu(program, str(1 + repeats)),
                                      lambda: in_child("--bootstrap", 11_490, 12))
            line("bootstrap: rouge-score's aggregator", (many - one) / repeats * 1e3, theirs * 1e3, "ms", 80, 150)
        one, two = turns(rounds, *(lambda n=n: epitome(options.binary, ours, "--out", out, threads=n)[1] for n in (1, 2)))
        line("two threads against one", two, one, "s ", 1.7, 1.9)
        if options.stream:
            _, wall, kilobytes = epitome(options.binary, write("stream", options.stream), "--out", out)
            print(f"{options.stream:,} pairs streamed: {kilobytes / 1024:.1f} MB resident (must 64, stretch 32), {wall:.1f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5] == "1")
    elif sys.argv[1:2] == ["--bootstrap"]:
        bootstrap(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
