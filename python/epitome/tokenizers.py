"""Tokenizers for `rouge_scorer`: takes the place of `rouge_score.tokenizers`."""

from __future__ import annotations

import abc
from typing import List

from . import _native

__all__ = ["DefaultTokenizer", "Tokenizer"]


class Tokenizer(abc.ABC):
    """What a tokenizer of one's own derives from."""

    @abc.abstractmethod
    def tokenize(self, text: str) -> List[str]:
        """The tokens of a text."""


class DefaultTokenizer(Tokenizer):
    """Lowercase letters and digits of ASCII, stemmed where asked.

    >>> from epitome import tokenizers
    >>> tokenizers.DefaultTokenizer(use_stemmer=True).tokenize("The friends had a meeting.")
    ['the', 'friend', 'had', 'a', 'meet']
    """

    def __init__(self, use_stemmer: bool = False) -> None:
        self._use_stemmer = use_stemmer

    def tokenize(self, text: str) -> List[str]:
        """The tokens of a text."""
        return _native.tokenize(text, self._use_stemmer)
