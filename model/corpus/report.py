"""The report on a list of names before training on it.

It gives the numbers of lines and never repeats a name: lists may be private, and reports travel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from model.corpus.checks import Advice, advise
from model.corpus.corpus import Corpus

RARE_BELOW = 5
"""A letter in fewer names than this is hardly learned."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Lines that are skipped for one reason; `lines` are the numbers of the first few."""

    reason: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A list of names in figures.

    Attributes
    ----------
    title, casing
        As in `model.corpus.Corpus`.
    case_rules
        What the list does otherwise than the casing says, see `model.corpus.case_rules`.
    names
        Lines that are names.
    distinct, duplicates
        Those whose name stands there for the first time, and the others.
    bearers
        Sum of the list's own counts, or None if it has none.
    skipped
        Lines that are skipped, by reason.
    letters
        Each letter with how often it stands in the distinct names, most frequent first.
    rare_letters
        Each letter that stands in fewer than `RARE_BELOW` distinct names, with the number of those.
    lengths
        Each length in letters with the number of distinct names that have it, shortest first.
    warnings
        What to look at before training.
    """

    title: str
    names: int
    distinct: int
    duplicates: int
    bearers: int | None
    skipped: tuple[Skipped, ...]
    casing: str
    case_rules: tuple[str, ...]
    letters: tuple[tuple[str, int], ...]
    rare_letters: tuple[tuple[str, int], ...]
    lengths: tuple[tuple[int, int], ...]
    warnings: tuple[Advice, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as `json.dumps` takes it."""
        return asdict(self)


def report(corpus: Corpus) -> Report:
    """Make the report on a list."""
    distinct = len(corpus.names)
    letters = Counter("".join(corpus.names))
    holders = Counter(letter for name in corpus.names for letter in set(name))
    return Report(
        title=corpus.title,
        names=distinct + corpus.duplicates,
        distinct=distinct,
        duplicates=corpus.duplicates,
        bearers=sum(corpus.counts) if corpus.counted else None,
        skipped=tuple(Skipped(reason.value, lines.count, lines.first) for reason, lines in corpus.skipped),
        casing=corpus.casing.value,
        case_rules=corpus.casing.rules,
        letters=_most_frequent_first(letters),
        rare_letters=_most_frequent_first({letter: names for letter, names in holders.items() if names < RARE_BELOW}),
        lengths=tuple(sorted(Counter(map(len, corpus.names)).items())),
        warnings=tuple(advise(corpus)),
    )


def _most_frequent_first(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
