"""How well names like a few are drawn at once, beside an n-gram and a training of the same names: a table in Markdown.

    python -m benchmarks.like START.npz [--full] [--once] [--lists a,b] [--sizes 20,60,200] [--json FILE]

START.npz is a network of many kinds that never saw the lists; these, and what `--once` means, are in
`benchmarks.short_lists`. With `--full`, the names are also trained on in folds, as `python -m model train` does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.short_lists import ShortList
from benchmarks.short_lists.__main__ import chosen
from benchmarks.short_lists.measurement import BenchmarkStart, measure, tuned_ngram, unseen
from benchmarks.timing import machine, matrix_rate
from model.corpus.examples import OPTION, examples
from model.generation.filters import others_than_listed
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import mixture_of, predictor_of
from model.training.adaptation import adapt

SIZES = (20, 60, 200)
DRAWS = 1_000

COLUMNS = ("list", "names", "n-gram", "network", "like", "full", "gain", "given, of the draws", "given back", "CPU s")


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of the names of a list; losses are nats per letter of its test names."""

    list: str
    size: int
    ngram: float  # of the kind that held-out names of the list choose
    network: float
    like: float  # the mixture that is drawn from
    full: float | None  # the mixture of a training in folds
    drawn_again: float  # share of raw draws that are given names
    given_back: int  # given names among as many draws as answers would have
    cpu_seconds: float  # from the names to what is drawn from
    matrix_rate: float  # GFLOP/s right before and after, by the same clock


def measure_like(one: ShortList, size: int, start: BenchmarkStart, *, full: bool) -> Measured:
    """Adapt to so many names of a list, and measure on its test names."""
    names = one.train(size)
    before = matrix_rate(clock=time.process_time)
    began = time.process_time()
    corpus = examples(names)
    model = adapt(corpus, start.start)
    predictor = predictor_of(model)
    taken = time.process_time() - began
    rate = (before + matrix_rate(clock=time.process_time)) / 2
    test = unseen(one, corpus, model.fold)
    options = Options(max_length=64, unique=False, decent=False)
    raw = draw(predictor, DRAWS, options, np.random.default_rng(0)).names
    filters = [others_than_listed(model, OPTION, "since they were given")]
    answered = draw(predictor, DRAWS, Options(unique=False), np.random.default_rng(0), filters).names
    losses = [
        evaluate(part, test).nats_per_letter
        for part in (tuned_ngram(corpus, start.start), NetworkPredictor(model), mixture_of(model))
    ]
    return Measured(
        list=one.name,
        size=len(corpus.names),
        ngram=losses[0],
        network=losses[1],
        like=losses[2],
        full=measure(one, size, start).mixture if full else None,
        drawn_again=sum(model.contains(raw)) / len(raw),
        given_back=sum(model.contains(answered)),
        cpu_seconds=taken,
        matrix_rate=rate,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables as they grow."""
    options = _parser().parse_args(arguments)
    start, lists = BenchmarkStart(options.start), chosen(options.lists, once=options.once)
    start.check(lists)
    measured = list[Measured]()
    print(_line(*COLUMNS) + "\n|" + "---|" * len(COLUMNS), flush=True)
    for one in lists:
        for size in (size for size in map(int, options.sizes.split(",")) if size <= len(one.names) - len(one.test)):
            measured.append(measure_like(one, size, start, full=options.full))
            print(row(measured[-1]), flush=True)
    print("\n" + _line("names", "lists", *COLUMNS[2:7], "most CPU s") + "\n|" + "---|" * 8)
    for size in dict.fromkeys(one.size for one in measured):
        print(summary_row([one for one in measured if one.size == size]))
    rates = [one.matrix_rate for one in measured]
    print(
        f"\nMatrix products (128 x 256 by 256 x 256, float32, CPU time) ran at {min(rates):.0f} to {max(rates):.0f} "
        f"GFLOP/s, {statistics.median(rates):.0f} as a rule: {machine()}."
    )
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in measured], indent=1) + "\n", encoding="utf-8")
    return 0


def row(one: Measured) -> str:
    """A line of the table of lists."""
    losses = [one.ngram, one.network, one.like, one.full, one.ngram - one.like]
    costs = [f"{one.drawn_again:.1%}", one.given_back, f"{one.cpu_seconds:.2f}"]
    return _line(one.list, one.size, *map(_loss, losses), *costs)


def summary_row(measured: Sequence[Measured]) -> str:
    """Means over the lists, at one number of names."""
    full = [one.full for one in measured if one.full is not None]
    means = [statistics.fmean(getattr(one, name) for one in measured) for name in ("ngram", "network", "like")]
    most = max(one.cpu_seconds for one in measured)
    losses = [*means, statistics.fmean(full) if full else None, means[0] - means[2]]
    return _line(measured[0].size, len(measured), *map(_loss, losses), f"{most:.2f}")


def _loss(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.like", description="Measure names like a few.")
    parser.add_argument("start", type=Path, metavar="START.npz", help="network of many kinds to start from")
    parser.add_argument("--full", action="store_true", help="train in folds too, which takes half a minute a list")
    parser.add_argument("--once", action="store_true", help="measure the lists that are looked at once, at the end")
    parser.add_argument("--lists", default="", help="some of the lists, as a,b")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of names")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as JSON too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
