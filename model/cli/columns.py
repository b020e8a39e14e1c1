"""Figures as plain text, aligned for a terminal; every function gives lines without line ends."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence

WIDTH = 80
BAR = 50
"""Columns of the longest bar."""

CELLS = 60
"""Most cells of a table; a list in Chinese has thousands of letters."""


def facts(values: Mapping[str, str]) -> list[str]:
    """A label and a value a line."""
    widest = max(map(len, values))
    return [f"{label:<{widest}}  {value}" for label, value in values.items()]


def bars(counts: Sequence[tuple[str, int]]) -> list[str]:
    """A histogram: a label, a count and a bar a line; whatever is there at all has a bar."""
    labels, figures = max(len(label) for label, _ in counts), max(len(f"{count:,}") for _, count in counts)
    most = max(count for _, count in counts)
    return [f"  {label:>{labels}}  {count:>{figures},}  {'#' * -(-BAR * count // most)}" for label, count in counts]


def table(counts: Sequence[tuple[str, int]]) -> list[str]:
    """Letters and their counts, side by side, the first `CELLS` of them."""
    told = counts[:CELLS]
    figures = max(len(f"{count:,}") for _, count in told)
    cells = [f"  {_letter(letter)}  {count:>{figures},}  " for letter, count in told]
    across = WIDTH // (figures + 8)
    lines = ["".join(cells[place : place + across]).rstrip() for place in range(0, len(cells), across)]
    return lines + [f"  and {len(counts) - CELLS:,} more"] * (len(counts) > CELLS)


def bullets(texts: Sequence[str]) -> list[str]:
    """Sentences, wrapped."""
    return [line for text in texts for line in textwrap.wrap(f"- {text}", WIDTH, subsequent_indent="    ")]


def _letter(letter: str) -> str:
    """A letter in two columns: East Asian ones fill both, and what can't be seen alone is made to show."""
    if letter == " ":
        return "\u2423 "
    if unicodedata.category(letter).startswith("M"):
        return f"\u25cc{letter} "
    return letter if unicodedata.east_asian_width(letter) in "WF" else f"{letter} "
