"""What was measured, as a table, as JSON, and as the page `docs/benchmarks.md` with its chart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.table import Table
from rich.text import Text

BEGIN, END = "<!-- begin: written by a program -->", "<!-- end -->"
"""What stands between these lines of the page is written anew."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, how fast, and against whom."""

    subject: str
    """For example: training, RNN 128, batch 128."""
    speed: float
    """Ours, in `unit`."""
    unit: str
    peer: str = ""
    """What it is compared with."""
    ratios: tuple[float, ...] = ()
    """Ours / the peer's, one for each repetition; both take turns in one run."""
    target: float | None = None
    """The least ratio that the project aims at; the least speed where there are no ratios."""
    limit: float | None = None
    """The greatest, where less is better: times, memory."""

    @property
    def compared(self) -> float:
        """What target and limit hold for: the median ratio, or the speed where there are no ratios."""
        return median(self.ratios) if self.ratios else self.speed

    @property
    def is_reached(self) -> bool | None:
        """Whether target and limit are kept; None without any."""
        if self.target is None and self.limit is None:
            return None
        return (self.target is None or self.compared >= self.target) and (
            self.limit is None or self.compared <= self.limit
        )

    def cells(self) -> tuple[str, str, str, str, str]:
        """As a row: subject, speed, ratio with its range, peer, aim."""
        ratio = f"{median(self.ratios):.2f} ({min(self.ratios):.2f}–{max(self.ratios):.2f})" if self.ratios else ""
        aim = f"≥ {self.target:g}" if self.target is not None else f"≤ {self.limit:g}" if self.limit is not None else ""
        mark = {True: " ✓", False: " ✗", None: ""}[self.is_reached]
        return self.subject, f"{_rounded(self.speed)} {self.unit}", ratio, self.peer, aim + mark


HEADINGS = ("", "ours", "ratio: median (range)", "to", "aim")

Sections = Mapping[str, Sequence[Figure]]
"""Figures by what they are about."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When and where the figures were measured."""

    date: str
    machine: str
    matrix_gflops: tuple[float, ...]
    """Rate of matrix products on the core that was measured on, before each section and at the end."""
    quick: bool

    def sentence(self) -> str:
        """All of it in words."""
        rates = self.matrix_gflops
        quick = " A quick run: fewer and shorter repetitions." if self.quick else ""
        return (
            f"{self.date}, {self.machine}. Matrix products (float32, 128 × 256 by 256 × 256) on the core measured on, "
            f"in the same run: {median(rates):.0f} GFLOP/s ({min(rates):.0f}–{max(rates):.0f}).{quick}"
        )


def table(sections: Sections, circumstances: Circumstances) -> Table:
    """The table for a terminal."""
    made = Table(*HEADINGS, title="namewright, and what others do in the same time", caption=circumstances.sentence())
    for figures in sections.values():
        for figure in figures:
            made.add_row(*map(Text, figure.cells()))
        made.add_section()
    return made


def to_json(sections: Sections, circumstances: Circumstances) -> str:
    """Everything that was measured, for programs."""
    figures = [
        {"section": section, **asdict(figure), "is_reached": figure.is_reached}
        for section, measured in sections.items()
        for figure in measured
    ]
    return json.dumps({**asdict(circumstances), "figures": figures}, ensure_ascii=False, indent=2) + "\n"


def write_page(page: Path, chart: Path, sections: Sections, circumstances: Circumstances) -> None:
    """Put table and chart in place of those that the page has.

    Raises
    ------
    ValueError
        The page lacks the two lines between which they stand.
    """
    parts = [circumstances.sentence(), f"![Ratios to others, on a logarithmic scale]({_relative(chart, page)})"]
    for section, figures in sections.items():
        rows = [[cell.replace("|", r"\|").replace("*", r"\*") for cell in figure.cells()] for figure in figures]
        lines = [(section.capitalize(), *HEADINGS[1:]), ("---",) * len(HEADINGS), *rows]
        parts.append("\n".join(f"| {' | '.join(cells)} |" for cells in lines))
    replace_tables(page, "\n\n".join(parts))
    _draw(chart, sections)


def replace_tables(page: Path, tables: str) -> None:
    """Put these in place of what the page has between its two lines; raises ValueError where it lacks them."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} needs the lines {BEGIN!r} and {END!r}: the tables go between them")
    page.write_text(f"{before}{begin}\n\n{tables}\n\n{end}{after}", "utf-8")


def _relative(chart: Path, page: Path) -> str:
    return chart.relative_to(page.parent).as_posix()


def _rounded(speed: float) -> str:
    """Three digits are as many as such figures have."""
    return f"{float(f'{speed:.3g}'):,.0f}" if abs(speed) >= 100 else f"{speed:.3g}"


def _draw(chart: Path, sections: Sections) -> None:
    """A bar for each ratio, its range as a line, and the aim as a mark."""
    from matplotlib.figure import Figure as Drawing

    compared = [figure for figures in sections.values() for figure in figures if figure.ratios][::-1]
    drawing = Drawing(figsize=(13, 1 + 0.25 * len(compared)), layout="constrained")
    axes = drawing.subplots()
    axes.set_xscale("log")
    for place, figure in enumerate(compared):
        middle = median(figure.ratios)
        color = {True: "tab:green", False: "tab:orange", None: "tab:blue"}[figure.is_reached]
        axes.plot([1, middle], [place, place], color=color, linewidth=8, solid_capstyle="butt")
        axes.plot([min(figure.ratios), max(figure.ratios)], [place, place], color="black", linewidth=1)
        if (aim := figure.target if figure.target is not None else figure.limit) is not None:
            axes.plot(aim, place, marker="|", markersize=14, color="black")
    axes.set_yticks(range(len(compared)), [f"{figure.subject}, to {figure.peer}" for figure in compared], fontsize=8)
    axes.axvline(1, color="gray", linewidth=0.8)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("ours / theirs (bars: median, lines: range, marks: aim)")
    chart.parent.mkdir(parents=True, exist_ok=True)
    drawing.savefig(chart, metadata={"Date": None})
