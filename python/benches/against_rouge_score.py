"""Pairs a second from Python, against rouge_score: `python benches/against_rouge_score.py`.

11,490 pairs (the size of CNN/DailyMail's test set) of made texts: candidates and references of 40 to 70 words in 3 to 4 lines,
of 20,000 words whose frequencies fall as Zipf's do: the commonest English ones, and made ones for the rest. One thread, the stemmer on, all four types. rouge_score
is timed on a part of the pairs, as it takes long. Times are of the processor, so that other work on the machine counts little.
"""

import argparse
import random
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=11_490)
    parser.add_argument("--theirs", type=int, default=300, help="pairs that rouge_score is timed on")
    parser.add_argument("--rounds", type=int, default=3, help="the fastest of so many rounds is taken, on both sides")
    given = parser.parse_args()
    candidates, references = texts(given.pairs)
    from rouge_score import rouge_scorer

    theirs = rouge_scorer.RougeScorer(TYPES, use_stemmer=True)

    def score_theirs() -> list:
        part = list(zip(references, candidates))[: given.theirs]
        return [theirs.score(reference, candidate) for reference, candidate in part]

    def score_ours():
        return epitome.score(candidates, references, metrics=TYPES, stem=True, threads=1)

    def score_hinted():
        return epitome.score(candidates, references, metrics=TYPES, stem=True, lang="en", lossy="allow", threads=1)

    slow, expected = fastest(score_theirs, given.rounds)
    fast, table = fastest(score_ours, given.rounds)
    hinted, _ = fastest(score_hinted, given.rounds)
    made = epitome.columns(table)
    for row, scores in enumerate(expected):
        for kind, score in scores.items():
            assert made[f"{kind}.f1"][row] == score.fmeasure, (row, kind)
    drop_in = epitome.rouge_scorer.RougeScorer(TYPES, use_stemmer=True)
    one, _ = fastest(lambda: [drop_in.score(r, c) for r, c in zip(references, candidates)], given.rounds)
    slow /= given.theirs
    for name, seconds in (("epitome.score", fast), ("  told the language", hinted), ("epitome's RougeScorer", one)):
        pair = seconds / given.pairs
        print(f"{name:24} {pair * 1e6:9.1f} µs a pair   {slow / pair:6.0f} times as fast")
    print(f"{'rouge_score':24} {slow * 1e6:9.1f} µs a pair   the same scores on {given.theirs} pairs")


def fastest(work, rounds: int) -> tuple:
    """Seconds of the fastest round, and what it made."""
    best, made = float("inf"), None
    for _ in range(rounds):
        began = time.process_time()
        made = work()
        best = min(best, time.process_time() - began)
    return best, made


if __name__ == "__main__":
    main()
