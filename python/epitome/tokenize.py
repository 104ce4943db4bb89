"""Takes the place of `rouge_score.tokenize`."""

from __future__ import annotations

from typing import Any, List, Optional

from . import _native

__all__ = ["tokenize"]


def tokenize(text: str, stemmer: Optional[Any]) -> List[str]:
    """The lowercase words of a text; a stemmer's method `stem` is applied to those of more than three letters.

    >>> from epitome.tokenize import tokenize
    >>> tokenize("one, Two!", None)
    ['one', 'two']
    """
    tokens = _native.tokenize(text, False)
    if stemmer is None:
        return tokens
    return [stemmer.stem(token) if len(token) > 3 else token for token in tokens]
