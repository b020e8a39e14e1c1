"""Full names: a given name and a surname, each drawn from a model of its own, put together as the language does.

Each part is a sequence of its own, whose seed is made of that of the whole and the name of the part: what is drawn for
one part does not depend on the other. So a part can be locked and the other stays as it was, and sequences of full
names are prefix-stable as those of names are. Names of a part may come again, as they do among people; full names are
unique.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np

from model.errors import InvalidOption
from model.generation.checkpoints import draw_page, for_all
from model.generation.drawn import Draw, out_of_time
from model.generation.keys import draw_for_keys
from model.generation.name_parts import Drawn, Part, errors_of
from model.generation.predictor import Predictor
from model.generation.sequence import generator_of
from model.people.customs import COMMON, Custom
from model.people.patronymics import Gender

MAX_REPEATS = 1000
"""Full names in a row that were there before, after which no more are drawn."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What full names are made of.

    Attributes
    ----------
    given, surname
        What the part is drawn from, or the name that it is locked to.
    genders
        Those of the people; where there are several, each is drawn with the same probability.
    custom
        How the parts are put together.
    unique
        Whether no full name may come twice.
    avoid
        Full names that may not come at all.
    """

    given: Drawn
    surname: Drawn
    genders: tuple[Gender | None, ...] = (None,)
    custom: Custom = COMMON
    unique: bool = True
    avoid: frozenset[str] = frozenset()

    @property
    def predictors(self) -> list[Predictor[Any]]:
        """Those of the models that the parts are drawn from."""
        drawn = [part for part in (self.given, self.surname) if not isinstance(part, str)]
        return [one.predictor for part in drawn for one in part.values()]


@dataclass(frozen=True, slots=True)
class FullName:
    """One full name and its parts."""

    name: str
    given: str
    surname: str
    gender: Gender | None


@dataclass(frozen=True, slots=True)
class FullDraw:
    """Full names that were drawn, as `model.generation.drawn.Draw` has names."""

    names: list[FullName]
    shortfall: str | None
    exact: bool = True
    effective_sample_size: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    top_p: float = 1.0  # the least of the parts


@dataclass(slots=True)
class _Drawn:
    """What was drawn of a sequence; it only grows."""

    names: list[FullName] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # how many there were when each of the figures was the last
    figures: list[FullDraw] = field(default_factory=list)  # the figures of the draws then, without the names
    shortfall: str | None = None  # once no more names come up

    def has(self, end: int) -> bool:
        """Whether a page that ends there needs no more."""
        return len(self.names) >= end or self.shortfall is not None


class FullNameSequence:
    """The full names of a seed, drawn as far as they are asked for.

    Parameters
    ----------
    plan
        What they are made of.
    seed
        Any text.
    """

    def __init__(self, plan: Plan, seed: str) -> None:
        self._plan, self._seed = plan, seed
        self._lock = Lock()
        self._begin()

    def __len__(self) -> int:
        """How many names are kept: full ones, and both of their parts."""
        return 3 * self.drawn

    @property
    def drawn(self) -> int:
        """How many full names have been drawn."""
        return len(self._drawn.names)

    def page(self, offset: int, count: int) -> FullDraw:
        """Full names from `offset` on: `count`, or fewer and the reason; raises as `NameSequence.page`."""
        if offset < 0:
            raise InvalidOption("offset", "must be at least 0")
        if count < 1:
            raise InvalidOption("count", "must be at least 1")
        end, drawn = offset + count, self._drawn

        def has(end: int) -> bool:
            nonlocal drawn
            drawn = self._drawn
            return drawn.has(end)

        has_time = draw_page(self._lock, has, self._extend, offset=offset, end=end)
        names = drawn.names[offset:end]
        is_short = len(names) < count
        figures = _figures([], None)
        if drawn.figures:
            figures = drawn.figures[-1 if is_short else bisect_left(drawn.ends, end)]
        shortfall = drawn.shortfall if has_time else out_of_time(len(names))
        return replace(figures, names=names, shortfall=shortfall if is_short else None)

    def first(self, count: int) -> list[FullName]:
        """The first ones, all or as many as come up; raises OutOfTime as `page` does of names before it."""
        drawn = self._drawn

        def has(end: int) -> bool:
            nonlocal drawn
            drawn = self._drawn
            return drawn.has(end)

        draw_page(self._lock, has, self._extend, offset=count, end=count)
        return drawn.names[:count]

    def _begin(self) -> None:
        plan, seed = self._plan, self._seed
        self._parts = [Part("given", plan.given, seed), Part("surname", plan.surname, seed)]
        self._genders = _genders(plan.genders, generator_of(f"{seed}/gender"))
        self._drawn = _Drawn()
        self._seen = set(plan.avoid)
        self._state: tuple[int, ...] | None = None  # of the parts, when the last figures were noted
        self._avoided = 0
        self._steps = self._draw()

    def _extend(self) -> None:
        """Take a step: draw one more full name, a letter of some names of a part, or find out why there is no more."""
        with for_all(is_counted=True):
            try:
                found = next(self._steps)
            except BaseException:
                self._begin()
                raise
            if found is not None:
                self._note(found)

    def _note(self, found: FullName | str) -> None:
        """Keep a full name, or why there is no more, and the figures so far."""
        drawn, number = self._drawn, len(self._drawn.names) + isinstance(found, FullName)
        state = (*(part.fetches for part in self._parts), self._avoided)
        if state != self._state:
            self._state = state
            draws = [draw for part in self._parts for draw in part.draws()]
            drawn.figures.append(_figures(draws, self._avoided if self._plan.avoid else None))
            drawn.ends.append(number)
        drawn.ends[-1] = number
        if isinstance(found, FullName):
            drawn.names.append(found)  # last, since others may look any time
        else:
            drawn.shortfall = found

    def _draw(self) -> Iterator[FullName | str | None]:
        """One after the other, and at last why there is no more; None after each step of a part."""
        while True:
            found = yield from self._draw_next()
            yield found

    def _draw_next(self) -> Generator[None, None, FullName | str]:
        """One more, or why there is none."""
        for _ in range(MAX_REPEATS):
            gender = next(self._genders)
            given = yield from self._parts[0].next(gender)
            surname = yield from self._parts[1].next(gender)
            if given is None or surname is None:
                return next(part.shortfall for part in self._parts if part.shortfall)
            full = self._plan.custom.full_name(given, surname)
            if full in self._plan.avoid:
                self._avoided += 1
            elif not self._plan.unique or full not in self._seen:
                self._seen.add(full)
                return FullName(full, given, surname, gender)
            if all(part.is_locked for part in self._parts):
                break
        count = len(self._drawn.names)
        return (
            f"only {count:,} distinct full name{'s' * (count != 1)} came up; ask for fewer, lock no part, loosen what "
            "the parts should be like or set unique to false"
        )


def _genders(genders: Sequence[Gender | None], rng: np.random.Generator) -> Iterator[Gender | None]:
    while True:
        for place in rng.integers(len(genders), size=64).tolist():
            yield genders[place]


def full_names_for_keys(plan: Plan, keys: Sequence[str]) -> FullDraw:
    """One full name for each key, the same whatever other keys are asked for; raises as `draw_for_keys`.

    Where no name came up for a key, its name is empty, and the shortfall says why.
    """
    genders = {key: next(_genders(plan.genders, generator_of(f"key:{key}/gender"))) for key in keys}
    draws: list[Draw] = []
    given = _part_for_keys("given", plan.given, genders, draws)
    surname = _part_for_keys("surname", plan.surname, genders, draws)
    names = []
    for key in keys:
        is_whole = given[key] and surname[key]
        full = plan.custom.full_name(given[key], surname[key]) if is_whole else ""
        names.append(FullName(full, given[key], surname[key], genders[key]))
    shortfall = next((draw.shortfall for draw in draws if draw.shortfall), None)
    return replace(_figures(draws, None), names=names, shortfall=shortfall)


def _part_for_keys(name: str, source: Drawn, genders: Mapping[str, Gender | None], draws: list[Draw]) -> dict[str, str]:
    """The part of each key; what was drawn is added to `draws`."""
    if isinstance(source, str):
        return dict.fromkeys(genders, source)
    found: dict[str, str] = {}
    for gender, one in source.items():
        mine = [key for key, its in genders.items() if (its if its in source else None) == gender]
        if mine:
            with errors_of(name):
                drawn = draw_for_keys(one.predictor, [f"{name}/{key}" for key in mine], one.options, one.filters)
            draws.append(drawn)
            form = one.form or str
            found |= {key: form(part) if part else "" for key, part in zip(mine, drawn.names, strict=True)}
    return found


def _figures(draws: Sequence[Draw], avoided: int | None) -> FullDraw:
    """The figures of some draws together."""
    left_out: dict[str, int] = {} if avoided is None else {"avoid": avoided}
    for draw in draws:
        for option, number in draw.left_out.items():
            left_out[option] = left_out.get(option, 0) + number
    sizes = [draw.effective_sample_size for draw in draws if draw.effective_sample_size is not None]
    top_p = min((draw.top_p for draw in draws), default=1.0)
    return FullDraw([], None, all(draw.exact for draw in draws), min(sizes, default=None), left_out, top_p)
