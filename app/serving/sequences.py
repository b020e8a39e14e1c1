"""The names of seeds that were asked for last, so that the next page of one is not drawn from the first name on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar, cast

from app.schemas.sequence import MAX_SEQUENCE
from app.serving.source import Source
from model.errors import InvalidOption
from model.generation.drawn import Draw
from model.generation.filters import Filter, avoiding
from model.generation.full_names import FullDraw, FullNameSequence, Plan
from model.generation.novelty import novel
from model.generation.options import Options
from model.generation.sequence import NameSequence

CACHED_SEQUENCES = 32
CACHED_NAMES = 100_000
"""Of all sequences together, but for the last one; some 250 bytes each."""

AnySequence = NameSequence | FullNameSequence
S = TypeVar("S", NameSequence, FullNameSequence)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a request asks of its names, beside which of them are wanted."""

    source: Source
    options: Options
    novel: bool
    novel_distance: int

    def filters(self, avoided: Sequence[str] | None = None) -> list[Filter]:
        """The filters that this makes, without names that are to be avoided."""
        found = list(self.source.filters)
        if self.novel:
            found.append(novel(self.source.artifacts, self.novel_distance, self.source.given))
        if avoided:
            found.append(avoiding(avoided, self.source.predictor, "avoid", "to avoid them"))
        return found


class SequenceCache:
    """Sequences of names, of which those that were not asked for the longest make room."""

    def __init__(self) -> None:
        self._cached: OrderedDict[Hashable, AnySequence] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many sequences are kept."""
        return len(self._cached)

    def page(self, asked: Asked, seed: str, offset: int, count: int, avoided: Sequence[str] | None = None) -> Draw:
        """Names of a seed.

        Raises
        ------
        InvalidOption
            There are not so many, or they would take too long; and as `model.generation.sampling.draw`.
        """
        _check_end(offset, count)
        key = (asked.source.predictor, asked.options, asked.novel, asked.novel_distance, seed, tuple(avoided or ()))
        return self._find(
            key, lambda: NameSequence(asked.source.predictor, asked.options, seed, asked.filters(avoided))
        ).page(offset, count)

    def full_names(self, plan: Plan, key: Hashable, seed: str, offset: int, count: int) -> FullDraw:
        """Full names of a seed; plans with equal keys are equal. Raises as `page`."""
        _check_end(offset, count)
        return self._find((key, seed), lambda: FullNameSequence(plan, seed)).page(offset, count)

    def forget(self, source: Source) -> None:
        """Drop the sequences of a source."""
        with self._lock:
            for key, one in list(self._cached.items()):
                if isinstance(one, NameSequence) and one.predictor is source.predictor:
                    del self._cached[key]

    def _find(self, key: Hashable, make: Callable[[], S]) -> S:
        with self._lock:
            if (found := self._cached.get(key)) is not None:
                self._cached.move_to_end(key)
                return cast(S, found)
        sequence = make()
        with self._lock:
            self._cached[key] = sequence
            while len(self._cached) > CACHED_SEQUENCES or (
                len(self._cached) > 1 and sum(map(len, self._cached.values())) > CACHED_NAMES
            ):
                self._cached.popitem(last=False)
        return sequence


def _check_end(offset: int, count: int) -> None:
    if offset + count > MAX_SEQUENCE:
        raise InvalidOption("offset", f"and count are at most {MAX_SEQUENCE:,} together; take another seed then")
