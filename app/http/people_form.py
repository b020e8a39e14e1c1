"""The form of the page for people: its query as a request for names, and the page's fields that show it again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.http.errors import InvalidField
from app.schemas.sample import SampleFields, sample_query
from app.settings import Settings

SEED_BYTES = 4
COUNTS = (5, 10, 12, 20, 50, 100)
USUAL_COUNT = 12
SHORTEST, LONGEST, USUAL_LONGEST = 3, 20, 12
"""Letters, of the slider."""

TEXTS = ("start", "suffix", "contains", "syllables")
CHECKS = ("novel", "cast")
FIELDS = frozenset({"model", "max_length", "min_length", "daring", "count", "seed", *TEXTS, *CHECKS})
"""What the form sends; anything else in a query, such as what other sites add to links, is left alone."""


@dataclass(frozen=True, slots=True)
class Daring:
    """A step of the dial: how far from the usual names may be.

    Without `top_p`, the model's own holds.
    """

    word: str
    temperature: float
    top_p: float | None = None


DARING = (
    Daring("safe", 0.5, 0.8),
    Daring("familiar", 0.65, 0.9),
    Daring("natural", 0.8, 0.95),
    Daring("lively", 1.0),
    Daring("daring", 1.2, 1.0),
    Daring("wild", 1.5, 1.0),
)
USUAL_DARING = 2


class PeopleForm:
    """The form within the bounds of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._query_model = sample_query(settings)
        self._most_names, self._most_letters = settings.max_count, settings.max_length
        self._usual_count = min(USUAL_COUNT, settings.max_count)
        self._usual_longest = min(USUAL_LONGEST, settings.max_length)

    def read(self, asked: Mapping[str, str]) -> SampleFields:
        """What is asked for; raises RequestValidationError or InvalidField where that is not valid."""
        daring = DARING[_number(asked.get("daring"), USUAL_DARING, len(DARING) - 1)]
        fields = {
            "count": self._usual_count,
            "max_length": self._usual_longest,
            "seed": secrets.token_hex(SEED_BYTES),
            "temperature": daring.temperature,
            "top_p": daring.top_p,
            **{name: text for name, text in asked.items() if name != "daring"},
        }
        try:
            sample: SampleFields = self._query_model.model_validate(fields)
        except ValidationError as error:
            wrong = error.errors(include_url=False)
            raise RequestValidationError([one | {"loc": ("query", *one["loc"])} for one in wrong]) from error
        if sample.count > self._most_names:
            raise InvalidField("count", f"should be at most {self._most_names:,}")
        return sample

    def show(self, asked: Mapping[str, str]) -> dict[str, object]:
        """The page's fields for what was asked for, and for what holds without."""
        most_letters = min(LONGEST, self._most_letters)
        longest = _number(asked.get("max_length"), self._usual_longest, self._most_letters)
        shortest = _number(asked.get("min_length"), 1, self._most_letters)
        daring = _number(asked.get("daring"), USUAL_DARING, len(DARING) - 1)
        count = _number(asked.get("count"), self._usual_count, self._most_names)
        counts = sorted({count, *(one for one in COUNTS if one <= self._most_names)})
        is_open = shortest > 1 or not asked.keys().isdisjoint({"contains", "syllables", *CHECKS})
        return {
            **{name: escape(asked.get(name, "")) for name in TEXTS},
            **{name: " checked" if name in asked else "" for name in CHECKS},
            "max_length": self._most_letters,
            "min_longest": min(SHORTEST, most_letters),
            "max_longest": max(longest, most_letters),
            "longest": longest,
            "min_length": shortest,
            "daring": daring,
            "daring_word": DARING[daring].word,
            "most_daring": len(DARING) - 1,
            "daring_steps": "".join(map(_step, range(len(DARING)), DARING)),
            "counts": "".join(f"<option{' selected' if one == count else ''}>{one}</option>" for one in counts),
            "more_open": " open" if is_open else "",
        }


def _step(number: int, daring: Daring) -> str:
    top_p = "" if daring.top_p is None else f' data-top-p="{daring.top_p}"'
    return f'<option value="{number}" label="{daring.word}" data-temperature="{daring.temperature}"{top_p}></option>'


def _number(text: str | None, usual: int, most: int) -> int:
    """A number of the form, from 0 to the most; the usual one where it is none."""
    return min(int(text), most) if text and text.isdecimal() and len(text) < 7 else usual
