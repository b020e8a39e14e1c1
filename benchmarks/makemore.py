"""How well a training from random weights predicts names of makemore's list, beside n-grams of the same names.

    python -m benchmarks.makemore names.txt [--preset best] [--ngrams-only] [--json FILE]

The list is the file `names.txt` of https://github.com/karpathy/makemore, 32,033 lines. The 1,000 lines whose name and
number, such as `emma1`, have the smallest SHA-256 are the test lines. All others are the list to train on, as
``python -m model train --from none`` does it: each name once, and a twentieth each to choose by and to make the card's
figures from. Names are short and some stand there several times, so the test lines whose name stands on no other line
are looked at alone too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import machine, matrix_rate
from model.artifact import model_file
from model.artifact.model_file import Artifact
from model.cli.progress import show
from model.corpus.corpus import Corpus
from model.errors import NameModelError
from model.generation.predictor import NetworkPredictor, NgramPredictor, Predictor
from model.generation.scoring import evaluate
from model.generation.served import predictor_of
from model.ngram.automaton import Automaton
from model.ngram.contexts import select
from model.ngram.counting import count_strings
from model.training.finish import finish
from model.training.folds import begin
from model.training.plan import resolve_plan
from model.training.presets import PRESETS
from model.training.yardstick import MAX_CELLS, candidates

TEST_LINES = 1_000
ORDER = 6
RATE_SECONDS = 2.0

HEADER = """\
| | learned from | test, all | test, new | behind the mixture, all | and new |
|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a list in two parts, each in the order of the file."""

    test: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, text: str, test: int = TEST_LINES) -> Lines:
        """Divide the lines; ValueError if there are not more than the test lines."""
        lines = [(number, name) for number, name in enumerate(text.splitlines(), start=1) if name]
        if len(lines) <= test:
            raise ValueError(f"{len(lines)} lines are too few to take {test} of them as test lines")
        ordered = sorted(lines, key=lambda line: sha256(f"{line[1]}{line[0]}".encode()).digest())
        chosen, others = (tuple(name for _, name in sorted(part)) for part in (ordered[:test], ordered[test:]))
        return cls(chosen, others)

    @property
    def new(self) -> tuple[str, ...]:
        """The test lines whose name stands on none of the others."""
        known = set(self.others)
        return tuple(name for name in self.test if name not in known)


@dataclass(frozen=True, slots=True)
class Row:
    """What predicted the test lines, and how well, in nats per letter."""

    what: str
    learned: int  # names
    all: float
    new: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a training took, from the list to the finished model."""

    wall_seconds: float
    cpu_seconds: float
    rate_before: float  # matrix products, GFLOP/s of wall time
    rate_after: float

    @property
    def tflop(self) -> float:
        """The operations that matrix products would have done in its time, in units of 10^12."""
        return self.wall_seconds * (self.rate_before + self.rate_after) / 2 / 1e3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    options = _parser().parse_args(arguments)
    try:
        lines = Lines.of(options.names.read_text(encoding="utf-8"), options.test_lines)
        corpus = Corpus.parse("\n".join(lines.others).encode(), options.names.stem)
        split = corpus.split()
    except (NameModelError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(
        f"{len(lines.test):,} test lines, {len(lines.new):,} with a name that stands on none of the other "
        f"{len(lines.others):,}; of their {len(corpus.names):,} names {len(split.train):,} to learn from, "
        f"{len(split.validation):,} to choose by, {len(split.test):,} for the card.\n",
        flush=True,
    )
    content: dict[str, Any] = {"preset": None if options.ngrams_only else options.preset, "seed": options.seed}
    rows: list[Row] = []
    notes = ""
    if not options.ngrams_only:
        model, cost = trained(corpus, options.preset, options.seed, options.epochs)
        if options.out:
            model_file.save(model, options.out)
        rows = [
            _row("network alone", NetworkPredictor(model), len(split.train), lines),
            _row("mixture, as it is served", predictor_of(model), len(split.train), lines),
        ]
        content |= {"cost": asdict(cost) | {"tflop": cost.tflop}, "card": model.card.to_json()}
        notes = _notes(model, cost)
    rows += ngrams(corpus, lines)
    print(HEADER)
    for row in rows:
        print(written(row, None if options.ngrams_only else rows[1]))
    print(f"\n{notes}{machine()}.")
    if options.json:
        content |= {"machine": machine(), "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def trained(corpus: Corpus, preset: str, seed: int, epochs: float | None = None) -> tuple[Artifact, Cost]:
    """The model of a training from random weights, and what it took.

    Parameters
    ----------
    epochs
        For trials; by default as many as the preset says.
    """
    before = matrix_rate(RATE_SECONDS)
    wall, cpu = time.perf_counter(), time.process_time()
    plan = resolve_plan(preset, len(corpus.split().train), total=len(corpus.names), epochs=epochs)
    training = begin(corpus, plan, seed)
    with closing(show(training)) as points:
        for _ in points:
            pass
    model = finish(training)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return model, Cost(wall, cpu, before, matrix_rate(RATE_SECONDS))


def ngrams(corpus: Corpus, lines: Lines) -> Iterator[Row]:
    """A Kneser-Ney n-gram with every context, and the best of all kinds, both of the names to learn from and of all.

    The best predicts the names to choose by best, when it learned the names to learn from.
    """
    split, vocabulary = corpus.split(), corpus.vocabulary

    def reader(automaton: Automaton) -> NgramPredictor:
        return NgramPredictor(automaton, vocabulary, corpus.casing)

    kinds = candidates(split.train, vocabulary)
    best = int(np.argmin([evaluate(reader(kind), split.validation).nats_per_letter for kind in kinds]))
    for names in (split.train, corpus.names):
        contexts = select(count_strings(names, vocabulary, ORDER), vocabulary.size, ORDER, 1, MAX_CELLS)
        plain = Automaton.of(contexts, vocabulary.size)
        yield _row(f"Kneser-Ney {ORDER}-gram", reader(plain), len(names), lines)
        tuned = next(islice(candidates(names, vocabulary), best, None))
        yield _row("the best n-gram of twelve kinds", reader(tuned), len(names), lines)


def written(row: Row, mixture: Row | None) -> str:
    """A line of the table."""
    behind = "| | |" if mixture is None else f"| {row.all - mixture.all:.3f} | {row.new - mixture.new:.3f} |"
    return f"| {row.what} | {row.learned:,} | {row.all:.4f} | {row.new:.4f} {behind}"


def _row(what: str, predictor: Predictor[Any], learned: int, lines: Lines) -> Row:
    every, new = (evaluate(predictor, names).nats_per_letter for names in (lines.test, lines.new))
    return Row(what, learned, every, new)


def _notes(model: Artifact, cost: Cost) -> str:
    drawn = model.card.memorisation
    return (
        f"Preset {model.card.preset}, seed {model.card.seed}, n-gram's share {model.card.ngram.weight:.0%}: "
        f"{cost.wall_seconds:.0f} s from the list to the finished model ({cost.cpu_seconds:.0f} s of CPU). Matrix "
        f"products (128 x 256 by 256 x 256, float32) ran at {cost.rate_before:.1f} GFLOP/s before and "
        f"{cost.rate_after:.1f} after: {cost.tflop:.1f} TFLOP in that time. Of {drawn.draws:,} raw draws "
        f"{drawn.in_training:.1%} stand among the names to learn from, and {drawn.in_held_out:.1%} would stand among "
        "as many that were held out.\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.makemore", description="Measure on makemore's list.")
    parser.add_argument("names", type=Path, metavar="names.txt", help="makemore's list")
    parser.add_argument("--preset", choices=PRESETS, default="best", help="hyperparameters")
    parser.add_argument("--seed", type=int, default=0, help="of the training")
    parser.add_argument("--ngrams-only", action="store_true", help="measure the n-grams alone: no training")
    parser.add_argument("--epochs", type=float, help="passes over the names, for trials")
    parser.add_argument("--test-lines", type=int, default=TEST_LINES, help="how many lines to test on, for trials")
    parser.add_argument("--out", type=Path, metavar="FILE.npz", help="where to write the model too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as JSON too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
