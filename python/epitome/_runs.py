"""Whole runs: a suite evaluated, and two runs held against each other, each by a process of the command's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterable, Optional, Sequence, Union

from . import _native


class EpitomeError(Exception):
    """The command could not do what it was asked; the message is what it said. `exit` is its exit code."""

    def __init__(self, message: str, exit: int) -> None:
        super().__init__(message, exit)
        self.exit = exit

    def __str__(self) -> str:
        return self.args[0]


class Run(dict):
    """A run's record (`run.json`), with how the run ended.

    `exit` is the command's exit code: 0, or 1 where a gate failed, 3 where a system failed too often, 2 where somebody was
    not asked. `messages` is what it said about that. `folder` is where the record and its items are; None for a shard's.
    """

    exit: int
    messages: str
    folder: Optional[Path]


def run(
    suite: Union[str, "os.PathLike[str]"] = "epitome.toml",
    *,
    only: Union[str, Iterable[str]] = (),
    limit: Optional[int] = None,
    sample: Optional[int] = None,
    shard: Optional[str] = None,
    seed: Optional[int] = None,
    threads: Optional[int] = None,
    offline: bool = False,
    refresh: bool = False,
) -> Run:
    """Evaluates a suite, as `epitome run` does, and returns its record.

    The arguments are the command's options. The work is done in a process of its own, which Ctrl-C interrupts; what it has
    finished is kept. Raises `EpitomeError` where there is no record: a suite that cannot be read, data with errors.

    >>> import epitome
    >>> record = epitome.run("no/such/suite.toml")
    Traceback (most recent call last):
        ...
    epitome._runs.EpitomeError: error: no/such/suite.toml: cannot read the suite: ...
    """
    arguments = ["run", str(suite), "--format", "json", "--quiet"]
    for glob in [only] if isinstance(only, str) else only:
        arguments += ["--only", glob]
    for name, value in (("limit", limit), ("sample", sample), ("shard", shard), ("seed", seed), ("threads", threads)):
        if value is not None:
            arguments += [f"--{name}", str(value)]
    arguments += [f"--{name}" for name, given in (("offline", offline), ("refresh", refresh)) if given]
    exit, record, messages = command(arguments)
    made = Run(record)
    made.exit, made.messages = exit, messages
    root = Path(record["environment"].get("suite", "."))
    made.folder = None if shard else root / "reports" / record["suite"] / record["environment"]["run"]
    return made


def compare(first, second, *, suite: Union[str, "os.PathLike[str]", None] = None, seed: int = 1, resamples: int = 10_000) -> dict:
    """Is the second better than the first, and by more than chance?

    Two texts or paths name runs, or systems of a run, as `epitome compare` takes them (`"latest::desk"`, a run's folder),
    of the suite given; the answer is the command's `--format json`.

    Two equally long sequences of numbers are scores of the same articles by two systems, such as two columns of `score`:
    the answer holds both means, their difference with its interval, the permutation test, an effect size, and the
    smallest difference that so many articles show. Rows without a score on either side are left out of both, and counted
    as `left_out`.

    >>> import epitome
    >>> made = epitome.compare([0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.5, 0.6])
    >>> made["articles"], round(made["difference"]["value"], 3)
    (4, 0.15)
    """
    names = [isinstance(side, (str, os.PathLike)) for side in (first, second)]
    if all(names):
        arguments = ["compare", str(first), str(second), "--format", "json"]
        arguments += ["--seed", str(seed), "--resamples", str(resamples)]
        if suite is not None:
            arguments += ["--suite", str(suite)]
        return command(arguments)[1]
    if any(names):
        raise TypeError("compare two runs by name, or two sequences of numbers, not one with the other")
    first, second = numbers(first), numbers(second)
    if len(first) != len(second):
        raise ValueError(f"the first has {len(first)} scores and the second {len(second)}; they must be of the same articles")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    made = json.loads(_native.paired([a for a, _ in both], [b for _, b in both], seed, resamples))
    made["left_out"] = len(first) - len(both)
    return made


def numbers(column: Any) -> Sequence[Optional[float]]:
    """A column of scores as a list; None where there is none."""
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, name):
            column = getattr(column, name)()
            break
    made = []
    for row, value in enumerate(column):
        if value is not None and not isinstance(value, (int, float)):
            raise TypeError(f"row {row}: the score is of type {type(value).__name__}, not a number")
        # pandas writes a missing number as NaN.
        made.append(None if value is None or value != value else float(value))
    return made


def command(arguments: Sequence[str]) -> tuple:
    """Runs the command; its exit code, the document it printed, and what else it said."""
    ended = subprocess.run(
        [sys.executable, "-m", "epitome", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    messages = ended.stderr.decode("utf-8", "replace").strip()
    if not ended.stdout:
        raise EpitomeError(messages, ended.returncode)
    return ended.returncode, json.loads(ended.stdout), messages
