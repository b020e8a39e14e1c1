"""One part of a full name: what it is drawn from, and its names one after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from model.errors import InvalidOption, TooComplex, UnknownLetter, Unsatisfiable
from model.generation.drawn import Draw
from model.generation.filters import Filter
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sequence import NameSequence
from model.people.customs import Custom
from model.people.patronymics import Gender

FIRST, MOST = 8, 512
"""Names of a part that are asked for at once: first, and at most."""


@dataclass(frozen=True, slots=True)
class PartSource:
    """What a part is drawn from, for people of one gender."""

    predictor: Predictor[Any]
    options: Options
    filters: tuple[Filter, ...] = ()
    form: Callable[[str], str] | None = None  # what is made of a drawn name: a patronymic of the father's


Drawn = str | Mapping[Gender | None, PartSource]
"""A locked name; or what a part is drawn from, by the gender of the person, None where it does not matter."""


def agreement(predictor: Predictor[Any], custom: Custom, gender: Gender) -> Filter:
    """Surnames that people of a gender can have."""

    def keep(names: list[str]) -> list[str]:
        return [name for name in names if custom.has(predictor.casing.restore_case(name), gender)]

    return Filter("gender", keep, f"as no {gender}'s, which gender=any would keep")


class Part:
    """One part, name after name: a sequence for each gender, or the same name always."""

    def __init__(self, name: str, source: Drawn, seed: str) -> None:
        self._name = name
        self._locked = source if isinstance(source, str) else None
        sources = {} if isinstance(source, str) else source
        self._streams = {key: Stream(one, f"{seed}/{name}/{key or 'any'}") for key, one in sources.items()}

    @property
    def is_locked(self) -> bool:
        """Whether it is the same name always."""
        return self._locked is not None

    @property
    def shortfall(self) -> str | None:
        """Why no more names come up; None where some may."""
        reasons = (stream.shortfall for stream in self._streams.values() if stream.shortfall)
        return next((f"parts.{self._name}: {reason}" for reason in reasons), None)

    def next(self, gender: Gender | None) -> Generator[None, None, str | None]:
        """The next name for a person of a gender, drawn in steps; None where no more come up."""
        if self._locked is not None:
            return self._locked
        with errors_of(self._name):
            return (yield from self._streams[gender if gender in self._streams else None].next())

    @property
    def fetches(self) -> int:
        """How often names were drawn."""
        return sum(stream.fetches for stream in self._streams.values())

    def draws(self) -> list[Draw]:
        """What is known of the draws so far, one for each sequence."""
        return [stream.last for stream in self._streams.values() if stream.last is not None]


class Stream:
    """The names of one sequence, one after the other."""

    def __init__(self, source: PartSource, seed: str) -> None:
        self._source, self._seed = source, seed
        self._sequence: NameSequence | None = None
        self._names: list[str] = []
        self._place = 0
        self.fetches = 0
        self.last: Draw | None = None
        self.shortfall: str | None = None

    def next(self) -> Generator[None, None, str | None]:
        """The next name, drawn in steps; None where no more come up."""
        if self._place == len(self._names):
            yield from self._fetch()
        if self._place == len(self._names):
            return None
        name = self._names[self._place]
        self._place += 1
        return name if self._source.form is None else self._source.form(name)

    def _fetch(self) -> Generator[None, None, None]:
        source = self._source
        if self._sequence is None:
            self._sequence = NameSequence(
                source.predictor, replace(source.options, unique=False), self._seed, source.filters
            )
        wanted = min(max(FIRST, len(self._names)), MOST)
        while not self._sequence.has(len(self._names) + wanted):
            self._sequence.extend()
            yield
        self.fetches += 1
        self.last = self._sequence.page(len(self._names), wanted)
        self._names += self.last.names
        self.shortfall = self.last.shortfall


@contextmanager
def errors_of(part: str) -> Iterator[None]:
    """Errors of options are those of a part."""
    place = f"parts.{part}"
    try:
        yield
    except InvalidOption as error:
        raise InvalidOption(f"{place}.{error.option}", error.reason) from error
    except UnknownLetter as error:
        raise UnknownLetter(error.letters, error.known, f"{place}.{error.option or 'start'}") from error
    except TooComplex as error:
        raise TooComplex(tuple(f"{place}.{option}" for option in error.options), error.reason) from error
    except Unsatisfiable as error:
        raise Unsatisfiable(f"{place}: {error}", tuple(f"{place}.{option}" for option in error.options)) from error
