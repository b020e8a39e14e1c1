"""What there is to know about a list of names before training on it.

A report tells lines by their numbers and never repeats a name: lists may be private, and reports travel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from model.cli.columns import bars, bullets, facts, table
from model.corpus.checks import Advice, advise
from model.corpus.corpus import Corpus

RARE = 5
"""A letter in fewer names than this is hardly learned."""

EACH = 20
"""Letters; the text has a row for each length up to this, and one for all above."""

CASINGS = {
    "title": "title: a capital begins each word",
    "lower": "lower case, or a script without case",
    "mixed": "mixed: upper and lower case are letters of their own",
}


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
        Each letter that stands in fewer than `RARE` distinct names, with the number of those.
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
    letters: tuple[tuple[str, int], ...]
    rare_letters: tuple[tuple[str, int], ...]
    lengths: tuple[tuple[int, int], ...]
    warnings: tuple[Advice, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as `json.dumps` takes it."""
        return asdict(self)


def report(corpus: Corpus) -> Report:
    """Look a list over."""
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
        letters=_most_frequent_first(letters),
        rare_letters=_most_frequent_first({letter: names for letter, names in holders.items() if names < RARE}),
        lengths=tuple(sorted(Counter(map(len, corpus.names)).items())),
        warnings=tuple(advise(corpus)),
    )


def _most_frequent_first(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def render(report: Report) -> str:
    """The report as text for a terminal, 80 columns wide, without a line end after it."""
    counts = (
        "none; each line counts once"
        if report.bearers is None
        else f"{report.bearers:,} in all; a name is learned once, whatever its count"
    )
    lines = [
        report.title,
        "",
        *facts(
            {
                "names": f"{report.names:,}",
                "distinct": f"{report.distinct:,}",
                "duplicates": f"{report.duplicates:,}",
                "skipped": f"{sum(skipped.count for skipped in report.skipped):,}",
                "counts": counts,
                "casing": CASINGS[report.casing],
            }
        ),
    ]
    sections = {
        f"{len(report.letters):,} letters": table(report.letters),
        f"letters in fewer than {RARE} names": table(report.rare_letters) if report.rare_letters else [],
        "lengths, in letters": bars(_few(report.lengths)),
        "lines skipped": bullets([_told(skipped.reason, skipped) for skipped in report.skipped]),
        "warnings": bullets([_told(advice.text, advice) for advice in report.warnings]),
    }
    for heading, body in sections.items():
        lines += ["", heading, *(body or ["  none"])]
    return "\n".join(lines)


def _few(lengths: tuple[tuple[int, int], ...]) -> list[tuple[str, int]]:
    rows = [(str(length), names) for length, names in lengths if length <= EACH]
    longer = sum(names for length, names in lengths if length > EACH)
    return [*rows, (f"> {EACH}", longer)] if longer else rows


def _told(text: str, where: Skipped | Advice) -> str:
    if not where.lines:
        return text
    numbers = ", ".join(map(str, where.lines))
    if where.count > len(where.lines):
        return f"{text} ({where.count:,} lines: {numbers}, ...)"
    return f"{text} (line{'s' * (where.count > 1)} {numbers})"
