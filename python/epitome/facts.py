"""Facts: summaries judged by checklists, and the quantities in a text. No model, no network."""

from __future__ import annotations

import json
from typing import Any, Iterable, Mapping, Optional

from . import _native

__all__ = ["check", "check_all", "quantities"]


def check(
    summary: str,
    facts: Iterable[Mapping[str, Any]] = (),
    *,
    source: Optional[str] = None,
    lang: Optional[str] = None,
    source_lang: Optional[str] = None,
    date: Optional[str] = None,
) -> dict:
    """Judges a summary by a checklist, and its figures and names by the source.

    A fact is a mapping with `id`, `kind` (`quantity`, `date`, `entity`, `point`, `statement`) and `claim`, and whatever else a
    checklist may say (`aliases`, `any_of`, `weight`, …). `lang` is the summary's language, `source_lang` the source's
    (BCP 47, region and all), `date` the article's (ISO), which anchors relative dates.

    Returns `{"facts": [{"id", "verdict", "score", "evidence", "reason"}], "quantities": […], "names": […]}`; offsets of
    evidence count characters. A fact that cannot be read raises `ValueError`.

    >>> from epitome import facts
    >>> claim = {"id": "cost", "kind": "quantity", "claim": "The cranes will cost $4 million."}
    >>> facts.check("The board will spend $40 million on cranes.", [claim])["facts"][0]["verdict"]
    'contradicted'
    """
    case = {"summary": summary, "facts": [dict(fact) for fact in facts]}
    case.update(source=source, lang=lang, source_lang=source_lang, date=date)
    return answer(case, 0)


def check_all(cases: Iterable[Mapping[str, Any]]) -> list:
    """Judges cases, each a mapping as a line of `epitome facts check` is; errors name the case by its number, from 0.

    >>> from epitome import facts
    >>> claim = {"id": "aid", "kind": "quantity", "claim": "中方今年內提供20億元人民幣無償援助"}
    >>> case = {"source": "中方宣布今年內提供20億元人民幣無償援助。", "source_lang": "zh-TW", "facts": [claim]}
    >>> case["summary"] = "中方今年将提供二十亿元无偿援助。"
    >>> [fact["verdict"] for made in facts.check_all([case]) for fact in made["facts"]]
    ['covered']
    """
    return [answer(dict(case), row, keep_id=True) for row, case in enumerate(cases)]


def answer(case: dict, row: int, keep_id: bool = False) -> dict:
    """The answer to one case."""
    made = json.loads(_native.check(json.dumps(case), row))
    if not keep_id:
        made.pop("id", None)
    return made


def quantities(text: str, *, lang: Optional[str] = None, date: Optional[str] = None) -> list:
    """The quantities in a text, each normalized across scripts and languages.

    `lang` is the text's language, region and all, which decides what a bare 元 is.

    >>> from epitome import facts
    >>> [(q["surface"], q["value"], q["unit"]) for q in facts.quantities("提供20億元人民幣援助")]
    [('20億元人民幣', '2000000000', 'CNY')]
    """
    return json.loads(_native.quantities(text, lang, date))
