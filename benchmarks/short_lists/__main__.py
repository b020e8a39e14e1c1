"""How well trainings on few names predict others of the same list, beside an n-gram: a table in Markdown.

    python -m benchmarks.short_lists --left-out
    python -m benchmarks.short_lists START.npz [--once] [--lists a,b] [--sizes 60,100] [--json FILE]

START.npz is a network of many kinds that never saw the lists:

    python -m model pretrain --out START.npz --no-judge --without "$(python -m benchmarks.short_lists --left-out)"

The lists with `once` are for the end, when nothing is to be changed any more: `--once` measures these instead.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.short_lists import SIZES, ShortList, left_out, load
from benchmarks.short_lists.measurement import BenchmarkStart, Measured, measure
from benchmarks.timing import machine
from model.errors import NameModelError

LOSSES = ("n-gram", "network", "mixture", "served", "gain")
COLUMNS = ("list", "names", *LOSSES, "drawn again", "epochs", "CPU s", "test names", "left out", "overlap")
SUMMARY_COLUMNS = ("names", "lists", *LOSSES, "smallest gain", "most drawn again", "most CPU s")

NOTES = """\
Losses are nats per letter of the test names; the gain is that of the mixture over the n-gram. What is served is the
mixture, kept to the clusters of the training names: it draws none that the list doesn't show, and so can't expect those
of the test names. "Left out" counts the test names with a letter that the training names lack,
"overlap" those that stand in a bundled list that the start learned. The seconds are from the names to the finished
model."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables as they grow."""
    options = _parser().parse_args(arguments)
    if options.left_out:
        print(",".join(sorted(left_out())))
        return 0
    try:
        lists, sizes = chosen(options.lists, once=options.once), _sizes(options.sizes)
        if options.start is None:
            raise ValueError("give START.npz, or --left-out")
        trainings = [(one, size) for one in lists for size in sizes if size in one.sizes]
        if not trainings:
            raise ValueError(f"none of the lists has {' or '.join(map(str, sizes))} training names")
        start = BenchmarkStart(options.start)
        start.check(lists)
    except (NameModelError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    measured = []
    print(_header(COLUMNS), flush=True)
    for one, size in trainings:
        measured.append(measure(one, size, start, options.epochs))
        print(row(measured[-1]), flush=True)
    summaries = [summary(size, found) for size in sizes if (found := [one for one in measured if one.size == size])]
    print(f"\n{NOTES}\n\n{_header(SUMMARY_COLUMNS)}")
    for one_size in summaries:
        print(summary_row(one_size))
    rates = [one.matrix_rate for one in measured]
    print(
        f"\nMatrix products (128 x 256 by 256 x 256, float32, CPU time) ran at {min(rates):.0f} to {max(rates):.0f} "
        f"GFLOP/s beside the trainings, {statistics.median(rates):.0f} as a rule: {machine()}."
    )
    if not start.known:
        print("\nThe start doesn't say which lists it learned: that it never saw these is known of its models alone.")
    if options.json:
        content = {"start": start.start.fingerprint, "machine": machine(), "epochs": options.epochs}
        content |= {"measured": [asdict(one) for one in measured], "summary": summaries}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def chosen(names: str, *, once: bool) -> list[ShortList]:
    """The lists to measure: those of development or those that are looked at once, or some of them by name.

    Raises
    ------
    ValueError
        A name is not among them.
    """
    lists = {one.name: one for one in load() if one.once == once}
    if not names:
        return list(lists.values())
    for name in names.split(","):
        if name not in lists:
            kind = "looked at once" if once else "of development"
            raise ValueError(f"{name} is not among the lists {kind}: {', '.join(lists)}")
    return [lists[name] for name in names.split(",")]


def summary(size: int, measured: Sequence[Measured]) -> dict[str, Any]:
    """Means and extremes over the lists, at one number of names."""
    return {
        "size": size,
        "lists": len(measured),
        **{
            name: statistics.fmean(getattr(one, name) for one in measured)
            for name in ("ngram", "network", "mixture", "served", "gain")
        },
        "smallest_gain": min(one.gain for one in measured),
        "most_drawn_again": max(one.drawn_again for one in measured),
        "most_cpu_seconds": max(one.cpu_seconds for one in measured),
    }


def row(one: Measured) -> str:
    """A line of the table of trainings."""
    losses = [f"{loss:.3f}" for loss in (one.ngram, one.network, one.mixture, one.served, one.gain)]
    costs = [f"{one.drawn_again:.1%}", one.epochs, f"{one.cpu_seconds:.1f}"]
    overlap = "not known" if one.overlap is None else one.overlap
    return _line(one.list, one.size, *losses, *costs, one.test, one.unspellable, overlap)


def summary_row(of: dict[str, Any]) -> str:
    """A line of the table of sizes."""
    losses = [f"{of[name]:.3f}" for name in ("ngram", "network", "mixture", "served", "gain", "smallest_gain")]
    return _line(of["size"], of["lists"], *losses, f"{of['most_drawn_again']:.1%}", f"{of['most_cpu_seconds']:.1f}")


def _header(columns: Sequence[str]) -> str:
    return f"{_line(*columns)}\n|{'---|' * len(columns)}"


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _sizes(text: str) -> list[int]:
    sizes = [int(size) for size in text.split(",") if size.isdigit()]
    if not sizes or not set(sizes) <= set(SIZES) or len(sizes) != len(text.split(",")):
        raise ValueError(f"--sizes takes some of {', '.join(map(str, SIZES))}, with commas between")
    return sizes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.short_lists", description="Measure trainings on few names.")
    parser.add_argument("start", nargs="?", type=Path, metavar="START.npz", help="network of many kinds to start from")
    parser.add_argument("--left-out", action="store_true", help="print the lists that its pretraining must leave out")
    parser.add_argument("--once", action="store_true", help="measure the lists that are looked at once, at the end")
    parser.add_argument("--lists", default="", help="some of the lists, as a,b")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of training names")
    parser.add_argument("--epochs", type=int, help="most epochs of a fold, for trials")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as JSON too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
