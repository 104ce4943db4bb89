"""What the tests share."""

import json
import random

import pytest

ENGLISH = (
    "the council approved a new budget for schools and roads on Tuesday after long talks with unions over wages "
    "running friends meetings nationally relational happiness 12.5 million 2026 U.S. isn't co-op naïve"
).split()
CHINESE = "市府宣布捷運新線將於明年三月通車全長公里共設九站票價二十元起中方提供援助人民幣"


def text(draw: random.Random, words: int) -> str:
    """A text of about so many words, mostly English, with line breaks here and there."""
    if draw.random() < 0.1:
        return "".join(draw.choice(CHINESE) for _ in range(words))
    return "".join(draw.choice(ENGLISH) + draw.choice([" ", " ", " ", ", ", ". ", "\n"]) for _ in range(words))


@pytest.fixture(scope="session")
def pairs():
    """Candidates and references."""
    draw = random.Random(1)
    return [text(draw, draw.randrange(0, 40)) for _ in range(400)], [text(draw, draw.randrange(1, 40)) for _ in range(400)]


@pytest.fixture
def suite(tmp_path):
    """A suite of its own, with two articles."""
    articles = [
        {"id": "a", "lang": "en", "source": "The council approved 48 new buses on Tuesday. They will cost $21 million."},
        {"id": "b", "lang": "en", "source": "A bridge was closed. It opens again in May, after repairs of 3 weeks."},
    ]
    (tmp_path / "articles.jsonl").write_text("".join(json.dumps(article) + "\n" for article in articles))
    (tmp_path / "epitome.toml").write_text(
        'version = 1\n[suite]\nname = "news"\nseed = 5\n[[dataset]]\nname = "news"\narticles = "articles.jsonl"\n'
        '[[system]]\nname = "lead"\nbackend = "lead"\nsentences = 1\n'
        '[[system]]\nname = "other"\nbackend = "lead"\nsentences = 2\n[metrics]\nuse = ["length", "grounding"]\n'
    )
    return tmp_path / "epitome.toml"
