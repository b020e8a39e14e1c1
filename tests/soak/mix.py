"""Requests for names of every kind, by chance, and what their answers have to be."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import httpx
import numpy as np

from tests.soak.asking import Ask, Check
from tests.support.trainings import some_names

PLAIN: Final = "plain"
"""The kind whose latency counts."""

POPULAR = ("us", "us-girls", "irish-surnames", "finnish-places")
"""Models that get most of the requests; the others have to be loaded again and again."""

LETTERS = "abdefghilmnoprstu"
"""That all of them know."""
REGEXES = ("[aeiou].*n", "(an|el|mi).+a", "[^q]{3,7}", "m.*[ei]", "(.)[aeiou].{1,6}")
LISTS = 200
"""Different lists that names like them are asked for; those that were asked for long ago are learned again."""

PAGES = 30
"""Different seeds whose names are asked for again and again."""


class Mix:
    """Makes requests for one service; safe to use from many threads.

    Parameters
    ----------
    models : sequence of mapping
        The models that stay as they are, as `GET /models` has them.
    """

    def __init__(self, models: Sequence[Mapping[str, Any]]) -> None:
        self._models = [model["name"] for model in models]
        self._surnames = [one["name"] for one in models if one["kind"] == "surnames" and one["script"] == "Latin"]
        self._pages: dict[str, list[str]] = {}  # what each seed gave when it was first asked for
        self._style = ""
        self._lock = threading.Lock()
        self.kinds: Mapping[str, tuple[float, Callable[[np.random.Generator], Ask]]] = {
            PLAIN: (40, self._plain),
            "any model": (6, self._any_model),
            "page of a seed": (8, self._page),
            "constraints": (6, self._constraints),
            "regex": (3, self._regex),
            "blend": (2, self._blend),
            "cast": (2, self._cast),
            "full names": (3, self._full_names),
            "keys": (4, self._keys),
            "details": (1, self._details),
            "explanation": (2, self._explanation),
            "score": (6, self._score),
            "comparison": (1, self._comparison),
            "like": (0.4, self._like),
            "style": (2, self._of_style),
        }

    def _plain(self, rng: np.random.Generator) -> Ask:
        return self._names(PLAIN, _choice(rng, POPULAR), int(rng.integers(1, 30)), start=_letter(rng))

    def _any_model(self, rng: np.random.Generator) -> Ask:
        return self._names("any model", _choice(rng, self._models), 5)

    def _page(self, rng: np.random.Generator) -> Ask:
        number = int(rng.integers(PAGES))
        model = self._models[number % len(self._models)]
        query = {"model": model, "seed": number, "offset": 50 * int(rng.integers(4)), "count": 20}
        key = str(query)

        def is_the_same(answer: httpx.Response) -> None:
            names = answer.json()["names"]
            with self._lock:
                before = self._pages.setdefault(key, names)
            assert names == before, f"other names than before, {before}"

        return Ask("page of a seed", "/sample", check=is_the_same, options={"params": query})

    def _constraints(self, rng: np.random.Generator) -> Ask:
        start, letter = _letter(rng), _letter(rng)
        ways: list[tuple[dict[str, Any], str]] = [
            ({"suffix": "a"}, ".*a"),
            ({"start": start, "contains": letter}, f"{start}.*|{letter}.*"),
            ({"pattern": f"{start}*n"}, f"{start}.*n"),
            ({"exclude": letter, "min_length": 4}, f"[^{letter}]+"),
            ({"syllables": "2-3", "max_length": 9}, ".{2,9}"),
        ]
        query, allowed = ways[rng.integers(len(ways))]
        fields = {"model": _choice(rng, POPULAR), "count": 5} | query
        return Ask("constraints", "/sample", check=_all_match(allowed), options={"params": fields})

    def _regex(self, rng: np.random.Generator) -> Ask:
        regex = f"{_letter(rng)}{_letter(rng)}?.*" if rng.random() < 0.5 else _choice(rng, REGEXES)
        query = {"model": POPULAR[0], "regex": regex, "count": 5}
        return Ask("regex", "/sample", check=_all_match(regex), options={"params": query})

    def _blend(self, rng: np.random.Generator) -> Ask:
        one, other = rng.choice(POPULAR, 2, replace=False)
        query = {"blend": f"{one}:0.6,{other}:0.4", "count": 5}
        return Ask("blend", "/sample", check=_so_many(5), options={"params": query})

    def _cast(self, _: np.random.Generator) -> Ask:
        query = {"cast": "true", "count": 8, "model": POPULAR[0]}
        return Ask("cast", "/sample", check=_so_many(8), options={"params": query})

    def _full_names(self, rng: np.random.Generator) -> Ask:
        query = {"parts": f"{POPULAR[0]},{_choice(rng, self._surnames)}", "latin": "true", "count": 5}
        return Ask("full names", "/sample", check=_so_many(5), options={"params": query})

    def _keys(self, rng: np.random.Generator) -> Ask:
        keys = [f"key-{number}" for number in rng.integers(1000, size=int(rng.integers(1, 50)))]
        body = {"model": _choice(rng, POPULAR), "keys": keys}
        return Ask("keys", "/sample", "POST", check=_so_many(len(keys)), options={"json": body})

    def _details(self, rng: np.random.Generator) -> Ask:
        query = {"model": _choice(rng, POPULAR), "details": "true", "count": 3}
        return Ask("details", "/sample", check=_so_many(3), options={"params": query})

    def _explanation(self, rng: np.random.Generator) -> Ask:
        body = {"model": _choice(rng, POPULAR), "prefix": _letter(rng) + _letter(rng)}

        def has_steps(answer: httpx.Response) -> None:
            assert answer.json()["steps"]

        return Ask("explanation", "/explain", "POST", check=has_steps, options={"json": body})

    def _score(self, rng: np.random.Generator) -> Ask:
        return Ask("score", "/score", "POST", options={"json": {"names": some_names(20, int(rng.integers(100)))}})

    def _comparison(self, rng: np.random.Generator) -> Ask:
        body = {"names": some_names(3, int(rng.integers(100))), "compare": True}
        return Ask("comparison", "/score", "POST", options={"json": body})

    def _like(self, rng: np.random.Generator) -> Ask:
        number = int(rng.integers(LISTS))

        def keep(answer: httpx.Response) -> None:
            _so_many(5)(answer)
            self._style = answer.json()["model"]

        body = {"like": some_names(5 + number % 20, number), "count": 5}
        return Ask("like", "/sample", "POST", check=keep, options={"json": body})

    def _of_style(self, rng: np.random.Generator) -> Ask:
        if not self._style:
            return self._plain(rng)
        return Ask("style", "/sample", check=_so_many(5), options={"params": {"model": self._style, "count": 5}})

    def _names(self, kind: str, model: str, count: int, start: str = "") -> Ask:
        def is_right(answer: httpx.Response) -> None:
            _so_many(count)(answer)
            assert answer.json()["model"] == model
            assert all(name.casefold().startswith(start) for name in answer.json()["names"])

        query = {"model": model, "count": count, "start": start}
        return Ask(kind, "/sample", check=is_right, options={"params": query})


def _letter(rng: np.random.Generator) -> str:
    return _choice(rng, LETTERS)


def _choice(rng: np.random.Generator, among: Sequence[str]) -> str:
    return among[int(rng.integers(len(among)))]


def _so_many(count: int) -> Check:
    """So many names, or fewer with a reason."""

    def check(answer: httpx.Response) -> None:
        body = answer.json()
        assert len(body["names"]) == count or body["shortfall"], "neither so many names nor a shortfall"

    return check


def _all_match(regex: str) -> Check:
    def check(answer: httpx.Response) -> None:
        body = answer.json()
        assert body["names"] or body["shortfall"]
        wrong = [name for name in body["names"] if not re.fullmatch(regex, name, re.IGNORECASE)]
        assert not wrong, f"{wrong} do not match {regex}"

    return check
