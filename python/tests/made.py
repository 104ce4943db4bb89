"""Pairs made from their numbers, anywhere the same: what the tests of clusters score."""

WORDS = (
    "the council approved a new budget for schools and roads on Tuesday after long talks with unions over wages and "
    "running costs of bridges that were closed in March while trains ran late between both cities again"
).split()


def pair(number):
    """A candidate and a reference of about 25 and 40 words; every thousandth has no reference."""
    state = (number * 2654435761 + 12345) % 2**32
    reference = []
    for _ in range(30 + number % 21):
        state = (state * 1664525 + 1013904223) % 2**32
        reference.append(WORDS[(state >> 16) % len(WORDS)])
    start = state % 10
    candidate = reference[start : start + 20] + [WORDS[(state >> place) % len(WORDS)] for place in range(6)]
    return " ".join(candidate), None if number % 1000 == 999 else " ".join(reference)


def columns(numbers):
    """Rows as columns."""
    made = [pair(number) for number in numbers]
    return {
        "id": [f"pair-{number}" for number in numbers],
        "candidate": [candidate for candidate, _ in made],
        "reference": [reference for _, reference in made],
    }
