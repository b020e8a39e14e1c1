"""The report on a list of names as text for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence

from model.corpus.checks import Advice
from model.corpus.report import RARE_BELOW, Report, Skipped

WIDTH = 80
BAR = 50
"""Columns of the longest bar."""

CELLS = 60
"""Most cells of a table; a list in Chinese has thousands of letters."""

LONGEST_ROW = 20
"""Letters: there is a row for each length up to this, and one for all above."""

CASINGS = {
    "title": "title: a capital begins each word",
    "lower": "lower case, or a script without case",
}


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
        *_facts(
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
        f"{len(report.letters):,} letters": _table(report.letters),
        f"letters in fewer than {RARE_BELOW} names": _table(report.rare_letters) if report.rare_letters else [],
        "lengths, in letters": _bars(_lengths(report.lengths)),
        **({"casing, otherwise": _rules(report.case_rules)} if report.case_rules else {}),
        "lines skipped": _bullets([_with_lines(skipped.reason, skipped) for skipped in report.skipped]),
        "warnings": _bullets([_with_lines(advice.text, advice) for advice in report.warnings]),
    }
    for heading, body in sections.items():
        lines += ["", heading, *(body or ["  none"])]
    return "\n".join(lines)


def _rules(rules: Sequence[str]) -> list[str]:
    """Rules on upper and lower case, many a line; what divides words is shown as it is."""
    shown = ", ".join(rule.replace(" ", "\u00a0") for rule in rules[:CELLS])  # so that none is wrapped within
    more = [f"  and {len(rules) - CELLS:,} more"] * (len(rules) > CELLS)
    lines = textwrap.wrap(shown, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines] + more


def _lengths(lengths: tuple[tuple[int, int], ...]) -> list[tuple[str, int]]:
    rows = [(str(length), names) for length, names in lengths if length <= LONGEST_ROW]
    longer = sum(names for length, names in lengths if length > LONGEST_ROW)
    return [*rows, (f"> {LONGEST_ROW}", longer)] if longer else rows


def _with_lines(text: str, where: Skipped | Advice) -> str:
    if not where.lines:
        return text
    numbers = ", ".join(map(str, where.lines))
    if where.count > len(where.lines):
        return f"{text} ({where.count:,} lines: {numbers}, ...)"
    return f"{text} (line{'s' * (where.count > 1)} {numbers})"


def _facts(values: Mapping[str, str]) -> list[str]:
    """A label and a value a line."""
    widest = max(map(len, values))
    return [f"{label:<{widest}}  {value}" for label, value in values.items()]


def _bars(counts: Sequence[tuple[str, int]]) -> list[str]:
    """A histogram: a label, a count and a bar a line; no bar is empty."""
    labels, figures = max(len(label) for label, _ in counts), max(len(f"{count:,}") for _, count in counts)
    most = max(count for _, count in counts)
    return [f"  {label:>{labels}}  {count:>{figures},}  {'#' * -(-BAR * count // most)}" for label, count in counts]


def _table(counts: Sequence[tuple[str, int]]) -> list[str]:
    """Letters and their counts, side by side, the first `CELLS` of them."""
    shown = counts[:CELLS]
    figures = max(len(f"{count:,}") for _, count in shown)
    cells = [f"  {_letter(letter)}  {count:>{figures},}  " for letter, count in shown]
    across = WIDTH // (figures + 8)
    lines = ["".join(cells[place : place + across]).rstrip() for place in range(0, len(cells), across)]
    return lines + [f"  and {len(counts) - CELLS:,} more"] * (len(counts) > CELLS)


def _bullets(texts: Sequence[str]) -> list[str]:
    """Sentences, wrapped."""
    return [line for text in texts for line in textwrap.wrap(f"- {text}", WIDTH, subsequent_indent="    ")]


def _letter(letter: str) -> str:
    """A letter in two columns: East Asian ones fill both, and what can't be seen alone is made to show."""
    if letter == " ":
        return "\u2423 "
    if unicodedata.category(letter).startswith("M"):
        return f"\u25cc{letter} "
    return letter if unicodedata.east_asian_width(letter) in "WF" else f"{letter} "
