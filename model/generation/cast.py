"""A cast: names for one story that can't be confused, with each other or with names that are there already.

They are chosen among names drawn from a model. Different initials go first; then the smallest distance between any two
is made as large as may be: each next name is the one farthest from those before it (Gonzalez 1985), and then names of
the closest pairs are exchanged as long as that helps. Beyond `FAR_ENOUGH` nobody confuses two names, and the earlier of
the drawn names is taken, which keeps the cast from being made of the oddest ones.

Axes:  n candidates   m names to keep apart from
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.errors import InvalidOption
from model.generation.checkpoints import checkpoint
from model.generation.distance import Traits, distances
from model.network.parameters import FloatArray

MIN_COUNT = 2
MAX_COUNT = 50
MAX_EXISTING = 200

CANDIDATES_PER_NAME = 30
MAX_CANDIDATES = 1500

FAR_ENOUGH = 0.65
TOO_CLOSE = 0.45
"""Below this distance, a cast has a shortfall: two of its names may be confused."""

MAX_EXCHANGES = 200


@dataclass(frozen=True, slots=True)
class Member:
    """A name of a cast."""

    name: str
    apart_from: tuple[str, ...]  # the nearest of the other names and of the existing ones; several at one distance
    distance: float  # from them, 0 to 1


@dataclass(frozen=True, slots=True)
class Cast:
    """The names in the order in which they were chosen, and why they are not as far apart as one would wish."""

    members: list[Member]
    shortfall: str | None


def candidates_for(count: int) -> int:
    """How many names should be drawn for a cast of so many."""
    return min(CANDIDATES_PER_NAME * count, MAX_CANDIDATES)


def check(count: int, existing: Sequence[str]) -> None:
    """Raise InvalidOption where there are too few or too many names."""
    if not MIN_COUNT <= count <= MAX_COUNT:
        raise InvalidOption("count", f"of a cast must be from {MIN_COUNT} to {MAX_COUNT}")
    if len(existing) > MAX_EXISTING:
        raise InvalidOption("existing", f"must be at most {MAX_EXISTING} names")


def choose_cast(candidates: Sequence[str], count: int, existing: Sequence[str] = (), language: str = "") -> Cast:
    """Choose names that can't be confused.

    Parameters
    ----------
    candidates
        Drawn names, in the order in which they came up; the same names in the same order give the same cast.
    count
        Names wanted, from 2 to 50.
    existing
        Names to keep apart from, at most 200; a candidate that is one of them is never chosen.
    language
        Of the candidates, by its English name, for how they are read.

    Raises
    ------
    InvalidOption
        `count` is out of range, or there are too many existing names.
    """
    check(count, existing)
    taken = {name.casefold() for name in existing}
    pool = [name for name in dict.fromkeys(candidates) if name.casefold() not in taken]
    if not pool:
        return Cast([], "no name came up that could be chosen; loosen what is asked")
    checkpoint()
    traits = Traits.of(pool, language)
    checkpoint()
    choice = _Choice(traits, Traits.of(existing, language))
    choice.choose(min(count, len(pool)))
    choice.improve()
    everything = [*(pool[place] for place in choice.chosen), *existing]
    members = _members(everything, choice.table(), len(choice.chosen))
    return Cast(members, _shortfall(members, count, choice.repeated_initials()))


class _Choice:
    """Candidates that are chosen, by their places, and how far each candidate is from each of them."""

    def __init__(self, pool: Traits, existing: Traits) -> None:
        self.pool, self.existing = pool, existing
        self.chosen: list[int] = []
        self._columns: list[FloatArray] = []  # (n,) distances of all candidates from each chosen one
        self._from_existing = distances(pool, existing) if len(existing) else np.ones((len(pool), 0), np.float32)
        self._existing_initials = Counter(existing.initials)

    def choose(self, count: int) -> None:
        """Farthest-point selection: among candidates whose initial is used least, the farthest from those chosen."""
        while len(self.chosen) < count:
            checkpoint()
            nearest = self._nearest()
            uses = self._uses(without=None)
            is_free = np.ones(len(self.pool), bool)
            is_free[self.chosen] = False
            least = uses[is_free].min()
            self._add(int(np.argmax(np.where(is_free & (uses == least), nearest, -1))))

    def improve(self) -> None:
        """Exchange a name of the closest pair for one that is farther from all others, as long as there is one."""
        for _ in range(MAX_EXCHANGES):
            checkpoint()
            nearest = self._nearest_of_chosen()
            if nearest.min() >= FAR_ENOUGH or not any(
                self._exchange(int(place), float(nearest.min()))
                for place in np.flatnonzero(nearest <= nearest.min() + 1e-6)
            ):
                return

    def table(self) -> FloatArray:
        """Distances of the chosen ones from each other, and from the existing ones; 2 from themselves."""
        own = np.stack(self._columns, axis=1)[self.chosen]
        np.fill_diagonal(own, 2)
        return np.concatenate([own, self._from_existing[self.chosen]], axis=1)

    def repeated_initials(self) -> int:
        """How many of the chosen ones begin as another, or an existing one, does."""
        initials = Counter(self.pool.initials[place] for place in self.chosen)
        return sum(number for initial, number in initials.items() if number + self._existing_initials[initial] > 1)

    def _exchange(self, place: int, smallest: float) -> bool:
        """Put another candidate in one place if none of its distances is as small; keep the rest."""
        uses = self._uses(without=place)
        others = [column for other, column in enumerate(self._columns) if other != place]
        nearest = self._least_of(others)
        nearest[self.chosen] = -1
        old = self.chosen[place]
        nearest[uses > uses[old]] = -1
        best = int(np.argmax(nearest))
        if nearest[best] <= smallest + 1e-6:
            return False
        self.chosen[place] = best
        self._columns[place] = self._column(best)
        return True

    def _uses(self, without: int | None) -> FloatArray:
        """How often each candidate's initial is used already."""
        used = Counter(self._existing_initials)
        used.update(self.pool.initials[one] for place, one in enumerate(self.chosen) if place != without)
        return np.array([used[initial] for initial in self.pool.initials])

    def _add(self, place: int) -> None:
        self.chosen.append(place)
        self._columns.append(self._column(place))

    def _column(self, place: int) -> FloatArray:
        return distances(self.pool, self.pool[place : place + 1])[:, 0]

    def _nearest(self) -> FloatArray:
        return self._least_of(self._columns)

    def _least_of(self, columns: list[FloatArray]) -> FloatArray:
        """How far (n,) each candidate is from the nearest of these and of the existing ones, at most `FAR_ENOUGH`."""
        least: FloatArray = np.full(len(self.pool), FAR_ENOUGH, np.float32)
        for column in (*columns, *self._from_existing.T):
            least = np.minimum(least, column)
        return least

    def _nearest_of_chosen(self) -> FloatArray:
        nearest: FloatArray = self.table().min(axis=1, initial=2)
        return nearest


def _members(names: list[str], table: FloatArray, count: int) -> list[Member]:
    members = []
    for name, row in zip(names[:count], table, strict=True):
        if not row.size or row.min() > 1:  # nothing to keep apart from
            members.append(Member(name, (), 1.0))
            continue
        nearest = np.flatnonzero(row <= row.min() + 1e-6)
        members.append(Member(name, tuple(names[place] for place in nearest), round(float(row.min()), 3)))
    return members


def _shortfall(members: list[Member], count: int, repeated: int) -> str | None:
    reasons = []
    if len(members) < count:
        reasons.append(f"only {len(members):,} different names came up")
    if repeated:
        reasons.append(f"{repeated:,} of the names share their initial with another")
    closest = min(members, key=lambda member: member.distance)
    if closest.distance < TOO_CLOSE:
        other = closest.apart_from[0]
        reasons.append(f"the smallest distance is {closest.distance:g}, of {closest.name} from {other}")
    if not reasons:
        return None
    return f"{' and '.join(reasons)}; ask for fewer names, or loosen what they should be like"
