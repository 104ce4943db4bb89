"""Pairs a second from Python, against rouge_score: `python benches/against_rouge_score.py`.

11,490 pairs (the size of CNN/DailyMail's test set) of made texts: candidates and references of 40 to 70 words in 3 to 4 lines,
of 20,000 words whose frequencies fall as Zipf's do: the commonest English ones, and made ones for the rest. One thread, the
stemmer on, all four types. Both sides are timed by turns, so that what else the machine does bears on both alike; rouge_score
on a part of the pairs in each turn, as it takes long. Times are of the processor, and told are medians over the turns.
"""

import argparse
import os
import random
import statistics
import string
import time

import epitome

TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]

COMMON = (
    "the of and to in a is that for it was on are as with they be at one have this from by not but what all were when we there "
    "can an your which their said if do will each about how up out them then she many some so these would other into has more "
    "her two like him see time could no make than first been its who now people my made over did down only way find use may "
    "water long little very after words called just where most know get through back much before also around another came come "
    "work three word must because does part even place well such here take why things help put years different away again off "
    "went old number great tell men say small every found still between name should home big give air line set own under read "
    "last never us left end along while might next below saw something thought both few those always looked show large often"
).split()


def texts(count: int) -> tuple:
    """Candidates and references."""
    draw = random.Random(1)
    endings = ["", "", "", "s", "ing", "ed", "ation", "ness", "ly", "ful"]
    made = ("".join(draw.choices(string.ascii_lowercase, k=draw.randrange(2, 8))) for _ in range(20_000 - len(COMMON)))
    words = COMMON + [word + draw.choice(endings) for word in made]
    weights = [1 / rank for rank in range(1, len(words) + 1)]

    def text() -> list:
        return draw.choices(words, weights, k=draw.randrange(40, 71))

    def written(tokens: list) -> str:
        lines = [tokens[at : at + 17] for at in range(0, len(tokens), 17)]
        return "\n".join(" ".join(line).capitalize() + "." for line in lines)

    candidates, references = [], []
    for _ in range(count):
        reference = text()
        # Half of a candidate is taken from its reference, as summaries do.
        candidate = text()
        taken = draw.randrange(10, 30)
        candidate[:taken] = reference[:taken]
        candidates.append(written(candidate))
        references.append(written(reference))
    return candidates, references


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=11_490)
    parser.add_argument("--theirs", type=int, default=200, help="pairs that rouge_score is timed on in each turn")
    parser.add_argument("--turns", type=int, default=7)
    given = parser.parse_args()
    candidates, references = texts(given.pairs)
    from rouge_score import rouge_scorer

    theirs = rouge_scorer.RougeScorer(TYPES, use_stemmer=True)
    drop_in = epitome.rouge_scorer.RougeScorer(TYPES, use_stemmer=True)
    told = {"lang": "en", "lossy": "allow"}
    works = {
        "rouge_score": lambda part: [theirs.score(references[at], candidates[at]) for at in part],
        "epitome.score": lambda _: epitome.score(candidates, references, metrics=TYPES, stem=True, threads=1),
        "  told the language": lambda _: epitome.score(candidates, references, metrics=TYPES, stem=True, threads=1, **told),
        "epitome's RougeScorer": lambda _: [drop_in.score(r, c) for r, c in zip(references, candidates)],
    }
    # Before the clock starts, as pyarrow is imported by the first call.
    epitome.score(candidates[:1], references[:1])
    seconds = {name: [] for name in works}
    for turn in range(given.turns):
        # Other pairs each time.
        part = [at % given.pairs for at in range(turn * given.theirs, (turn + 1) * given.theirs)]
        made = {}
        for name, work in works.items():
            began = time.process_time()
            made[name] = work(part)
            took = time.process_time() - began
            seconds[name].append(took / (len(part) if name == "rouge_score" else given.pairs))
        columns = epitome.columns(made["epitome.score"])
        for row, scores in zip(part, made["rouge_score"]):
            for kind, score in scores.items():
                assert columns[f"{kind}.f1"][row] == score.fmeasure, (row, kind)
    slow = seconds.pop("rouge_score")
    print(f"{'rouge_score':24} {statistics.median(slow) * 1e6:9.1f} µs a pair   the same scores, load {os.getloadavg()[0]:.1f}")
    for name, each in seconds.items():
        times = [theirs / ours for theirs, ours in zip(slow, each)]
        pair, least, most = statistics.median(each) * 1e6, min(times), max(times)
        print(f"{name:24} {pair:9.1f} µs a pair   {statistics.median(times):6.0f} times as fast ({least:.0f} to {most:.0f})")


if __name__ == "__main__":
    main()
