#!/usr/bin/env python3
"""Holds epitome's overlap metrics against rouge-score 0.1.2 and sacreBLEU 2.6.0 on random pairs, to 1e-12.

    python3 -m venv venv && venv/bin/pip install rouge-score==0.1.2 sacrebleu==2.6.0
    cargo build --release && venv/bin/python benches/peers.py

Texts are made of the bundled articles' words and characters, shuffled, cut, joined and sprinkled with what tokenizers
trip over, in English and Chinese, with one to four references. Items go through `epitome run`, corpora and the defaults
through `epitome score`. The seed is printed; a difference ends with exit 1 and shows the pair.
"""
import argparse, collections, json, pathlib, random, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ODD = ["3.5%", "1,200", "...", "a.b,c", "U.S.", "3-4", "--", "(2025)", "don't", "O\u2019Neil", "caf\u00e9", "&amp;", "<skipped>",
       "na\u00efve", "\u212a", "\u0130x", "$1,000.00.", "e.g.,", "x-\ny", "\u3000", "\u201cquoted\u201d", "\t", "skies", "dying", "proceed", "7.", ".7",
       "\u5929\u6d25", "\uff12\uff10", "\u2014", "A", "\u0e44\u0e17\u0e22", "\U00020000", "\U0001f600"]
KINDS = [f"rouge{n}" for n in range(1, 10)] + ["rougeL", "rougeLsum"]


def texts(language):
    """The words of the bundled English articles, or the pieces of the Chinese ones."""
    pieces = []
    for path in sorted(ROOT.glob("datasets/*/*.md")):
        body = path.read_text(encoding="utf-8").split("+++")[-1]
        if (sum(c.isascii() for c in body) > 0.9 * len(body)) == (language == "en"):
            pieces += body.split() if language == "en" else [body[i:i + 3].replace("\n", "") for i in range(0, len(body), 3)]
    return pieces


def pair(rng, pieces, language):
    """A candidate and its references: some copied with changes, some not, some very short."""
    space = " " if language == "en" else ""
    reference = rng.choices(pieces, k=rng.choice([1, 2, 8, 8, 20, 20, 45, 45, 70, 150]))
    start = rng.randrange(len(pieces) - 200)
    if rng.random() < 0.7:
        reference = pieces[start:start + len(reference)]

    def made(change):
        words = [w if rng.random() > change else rng.choice(pieces) for w in reference if rng.random() > change / 3] or [pieces[0]]
        for _ in range(rng.choice([0, 0, 1, 3])):
            words.insert(rng.randrange(len(words) + 1), rng.choice(ODD))
        for _ in range(rng.choice([0, 1, 3])):
            words.insert(rng.randrange(len(words) + 1), "\n")
        return (rng.choice([" ", "  "]) if space and rng.random() < 0.05 else space).join(words)

    return made(rng.choice([0, 0.2, 0.5, 1])), [made(rng.choice([0, 0.1, 0.4])) for _ in range(rng.choice([1, 1, 1, 2, 4]))]


def variants(language):
    """For each variant its metric's options, and the peer's score of a candidate and its references."""
    from rouge_score import rouge_scorer
    from sacrebleu.metrics import BLEU, CHRF, TER
    made = collections.OrderedDict()

    class Tokenizer:
        def __init__(self, cut):
            self.tokenize = cut

    def rouge(name, tokenizer, stem, cut, kinds=KINDS):
        scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=stem, tokenizer=cut and Tokenizer(cut))
        cache = {}

        def score(kind):
            def of(candidate, references):
                key = (candidate, *references)
                if key not in cache:
                    cache.clear()
                    cache[key] = scorer.score_multi(references, candidate)
                s = cache[key][kind]
                return {"precision": s.precision, "recall": s.recall, "f1": s.fmeasure}
            return of
        for kind in kinds:
            made[f"{kind}-{name}"] = dict(use=kind, tokenizer=tokenizer, lossy="allow", **({"stem": True} if stem else {})), score(kind)

    def single(name, options, scorer):
        def of(candidate, references):
            score = scorer.sentence_score(candidate, references).score
            return {"score": None if score == float("inf") else score}
        made[name] = options, of

    if language == "en":
        rouge("plain", "rouge", False, None)
        rouge("stem", "rouge", True, None)
    # Not the subsequences, whose tables take the peer seconds a pair.
    rouge("char", "char", False, lambda text: [c for c in text if not c.isspace()], KINDS[:4])
    rouge("space", "whitespace", False, str.split)
    for tokenizer in ["13a", "zh", "intl", "char", "none"]:
        single(f"bleu-{tokenizer}", dict(use="bleu", tokenizer=tokenizer, lossy="allow"), BLEU(tokenize=tokenizer, effective_order=True))
    for smoothing, value in [("floor", None), ("floor", 0.3), ("add-k", None), ("add-k", 0.5), ("none", None)]:
        options = dict(use="bleu", tokenizer="13a", lossy="allow", smoothing=smoothing, **({"smooth_value": value} if value else {}))
        single(f"bleu-{smoothing}-{value}".replace(".", "_"), options, BLEU(smooth_method=smoothing, smooth_value=value, effective_order=True))
    single("bleu-lower", dict(use="bleu", tokenizer="13a", lossy="allow", lowercase=True), BLEU(lowercase=True, effective_order=True))
    single("bleu-2", dict(use="bleu", tokenizer="13a", lossy="allow", max_order=2), BLEU(max_ngram_order=2, effective_order=True))
    for word_order in [0, 1, 2]:
        single(f"chrf-{word_order}", dict(use="chrf", word_order=word_order), CHRF(word_order=word_order))
    single("chrf-lower", dict(use="chrf", lowercase=True, char_order=4, beta=1.0), CHRF(lowercase=True, char_order=4, beta=1))
    single("chrf-space", dict(use="chrf++", whitespace=True), CHRF(word_order=2, whitespace=True))
    single("chrf-eps", dict(use="chrf++", eps_smoothing=True), CHRF(word_order=2, eps_smoothing=True))
    for normalized in [False, True]:
        for no_punct in [False, True]:
            for asian in [False, True]:
                for case in [False, True]:
                    flags = dict(normalized=normalized, no_punct=no_punct, asian_support=asian, case_sensitive=case)
                    if case and (no_punct or asian):
                        continue
                    single("ter-" + "".join(k[0] for k, v in flags.items() if v), dict(use="ter", **flags), TER(**flags))
    return made


def toml(value):
    return json.dumps(value)


def run(binary, *arguments, folder, accepted=(0,)):
    made = subprocess.run([binary, *arguments], cwd=folder, capture_output=True, text=True)
    if made.returncode not in accepted:
        raise SystemExit(f"epitome {' '.join(arguments)}: exit {made.returncode}\n{made.stderr[-2000:]}")
    return made.stdout


def close(a, b):
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-12 * max(1.0, abs(a), abs(b))


def compare(binary, language, pairs, folder):
    """Every variant on every pair. Returns how many values were compared."""
    folder.mkdir()
    wanted = variants(language)
    with open(folder / "articles.jsonl", "w") as articles, open(folder / "refs.jsonl", "w") as refs, open(folder / "out.jsonl", "w") as out:
        for at, (candidate, references) in enumerate(pairs):
            articles.write(json.dumps({"id": str(at), "source": "A text.", "lang": language}) + "\n")
            for index, reference in enumerate(references):
                # No language is told apart here: what is compared is arithmetic.
                refs.write(json.dumps({"id": str(at), "summary": reference, "annotator": str(index), "lang": "und"}) + "\n")
            out.write(json.dumps({"id": str(at), "system": "given", "summary": candidate, "lang": "und"}) + "\n")
    suite = 'version = 1\n[suite]\nname = "peers"\nhuman = false\n[[dataset]]\nname = "pairs"\narticles = "articles.jsonl"\n' \
        'references = "refs.jsonl"\n[[system]]\nname = "given"\nbackend = "replay"\noutputs = "out.jsonl"\n'
    for name, (options, _) in wanted.items():
        suite += f"[[metric]]\nname = {toml(name)}\n" + "".join(f"{key} = {toml(value)}\n" for key, value in options.items())
    (folder / "epitome.toml").write_text(suite)
    run(binary, "run", "--quiet", folder=folder)
    [items] = folder.glob("reports/peers/*/items.jsonl")
    compared = 0
    for line in open(items, encoding="utf-8"):
        item = json.loads(line)
        candidate, references = pairs[int(item["id"])]
        for name, (_, peer) in wanted.items():
            theirs = peer(candidate, references)
            ours = item["scores"][name] or {}
            for field, value in theirs.items():
                compared += 1
                if not close(ours.get(field), value):
                    why = (item.get("unscored") or {}).get(name)
                    raise SystemExit(f"{language} {name}.{field}: {ours.get(field)!r}, the peer {value!r} {why or ''}\n"
                                     + json.dumps({"candidate": candidate, "references": references}))
    return compared


def corpus(binary, language, pairs, folder):
    """Pooled scores of line-aligned texts and the defaults of `epitome score`."""
    from sacrebleu.metrics import BLEU, CHRF, TER
    pairs = [(c.replace("\n", " "), [r.replace("\n", " ") for r in refs][:1]) for c, refs in pairs]
    lines = [json.dumps({"candidate": c, "references": refs, "lang": "und"}) + "\n" for c, refs in pairs]
    (folder / "pairs.jsonl").write_text("".join(lines))
    made = json.loads(run(binary, "score", "pairs.jsonl", "--metrics", "bleu,chrf,chrf++,ter", "--lossy", "allow", "--aggregate", folder=folder))
    candidates, references = [c for c, _ in pairs], [[refs[0] for _, refs in pairs]]
    peers = {"bleu": BLEU(), "chrf": CHRF(), "chrf++": CHRF(word_order=2), "ter": TER()}
    for name, peer in peers.items():
        ours, theirs = made["scores"][name]["score"]["pooled"], peer.corpus_score(candidates, references).score
        if not close(ours, theirs):
            raise SystemExit(f"{language} corpus {name}: {ours!r}, the peer {theirs!r}")
    return len(peers)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/release/epitome"))
    parser.add_argument("--pairs", type=int, default=150, help="pairs of each language")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for language in ["en", "zh"]:
            rng, pieces = random.Random(options.seed), texts(language)
            pairs = [pair(rng, pieces, language) for _ in range(options.pairs)]
            compared = compare(options.binary, language, pairs, pathlib.Path(folder) / language)
            compared += corpus(options.binary, language, pairs, pathlib.Path(folder) / language)
            print(f"{language}, seed {options.seed}: {len(pairs)} pairs, {compared} values, all equal to 1e-12", flush=True)


if __name__ == "__main__":
    main()
