"""The names of seeds that were asked for last, so that the next page of one is not drawn from the first name on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple, TypeVar, cast

from app.schemas.sequence import MAX_SEQUENCE, SeededNames
from app.serving.errors import NotDrawnYet
from app.serving.source import Source
from model.errors import InvalidOption
from model.generation.checkpoints import OutOfTime
from model.generation.drawn import Draw
from model.generation.filters import Filter, avoiding
from model.generation.full_names import FullDraw, FullName, FullNameSequence, Plan
from model.generation.novelty import novel
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sequence import NameSequence

CACHED_SEQUENCES = 32
CACHED_NAMES = 100_000
"""Of all sequences together, but for the last one; some 250 bytes each."""

AnySequence = NameSequence | FullNameSequence
Predictors = Collection[Predictor[Any]]
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


class Kept(NamedTuple):
    """A sequence, how many names of it had been drawn when it was last asked for, and what it draws from."""

    sequence: AnySequence
    names: int
    predictors: Predictors


class SequenceCache:
    """Sequences of names, of which those that were not asked for the longest make room."""

    def __init__(self) -> None:
        self._cached: OrderedDict[Hashable, Kept] = OrderedDict()
        self._names = 0  # of all of them
        self._lock = Lock()

    def __len__(self) -> int:
        """How many sequences are kept."""
        return len(self._cached)

    def page(self, asked: Asked, seed: str, offset: int, count: int, avoided: Sequence[str] | None = None) -> Draw:
        """Names of a seed.

        Raises
        ------
        InvalidOption
            There are not so many; and as `model.generation.sampling.draw`.
        NotDrawnYet
            There was no time for all names before these.
        """
        key, make = _key(asked, seed, avoided), _making(asked, seed, avoided)
        with self._kept(key, (asked.source.predictor,), make, offset, count) as sequence:
            return sequence.page(offset, count)

    def first(self, asked: Asked, names: SeededNames) -> list[str]:
        """The first names of a seed, which others should not be. Raises as `page`."""
        key, make = _key(asked, names.seed, None), _making(asked, names.seed, None)
        with self._kept(key, (asked.source.predictor,), make, 0, names.count) as sequence:
            return sequence.first(names.count)

    def drawn(self, asked: Asked, seed: str, avoided: Sequence[str] | None = None) -> int:
        """How many names of a seed are kept."""
        with self._lock:
            found = self._cached.get(_key(asked, seed, avoided))
        return len(found.sequence) if found else 0

    def full_names(self, plan: Plan, key: Hashable, seed: str, offset: int, count: int) -> FullDraw:
        """Full names of a seed; plans with equal keys are equal. Raises as `page`."""
        with self._kept((key, seed), plan.predictors, lambda: FullNameSequence(plan, seed), offset, count) as sequence:
            return sequence.page(offset, count)

    def first_full_names(self, plan: Plan, key: Hashable, names: SeededNames) -> list[FullName]:
        """The first full names of a seed. Raises as `page`."""

        def make() -> FullNameSequence:
            return FullNameSequence(plan, names.seed)

        with self._kept((key, names.seed), plan.predictors, make, 0, names.count) as sequence:
            return sequence.first(names.count)

    def forget(self, source: Source) -> None:
        """Drop the sequences of a source."""
        with self._lock:
            for key, kept in list(self._cached.items()):
                if source.predictor in kept.predictors:
                    del self._cached[key]
                    self._names -= kept.names

    def clear(self) -> None:
        """Drop all; those that are being drawn are not kept again."""
        with self._lock:
            self._cached.clear()
            self._names = 0

    @contextmanager
    def _kept(
        self, key: Hashable, predictors: Predictors, make: Callable[[], S], offset: int, count: int
    ) -> Iterator[S]:
        """The sequence of a key, kept before and after it is asked for so many names, from `offset` on."""
        with self._lock:
            found = self._cached.get(key)
        sequence = cast(S, found.sequence) if found else make()
        if offset + count > MAX_SEQUENCE:
            raise InvalidOption("offset", f"and count are at most {MAX_SEQUENCE:,} together; take another seed then")
        self._keep(key, sequence, predictors)  # at once, for those who ask for the next page meanwhile
        try:
            yield sequence
        except OutOfTime:
            raise NotDrawnYet(sequence.drawn, offset or count) from None
        finally:
            self._keep(key, sequence, predictors, is_new=False)  # it may have grown

    def _keep(self, key: Hashable, sequence: AnySequence, predictors: Predictors, *, is_new: bool = True) -> None:
        """Keep a sequence as the last that was asked for; one that is not new only if it has not been dropped since."""
        kept = Kept(sequence, len(sequence), predictors)
        with self._lock:
            before = self._cached.pop(key, None)
            if before is None and not is_new:
                return
            self._cached[key] = kept
            self._names += kept.names - (before.names if before else 0)
            while len(self._cached) > CACHED_SEQUENCES or (len(self._cached) > 1 and self._names > CACHED_NAMES):
                self._names -= self._cached.popitem(last=False)[1].names


def _making(asked: Asked, seed: str, avoided: Sequence[str] | None) -> Callable[[], NameSequence]:
    return lambda: NameSequence(asked.source.predictor, asked.options, seed, asked.filters(avoided))


def _key(asked: Asked, seed: str, avoided: Sequence[str] | None) -> Hashable:
    return asked.source.predictor, asked.options, asked.novel, asked.novel_distance, seed, tuple(avoided or ())
