"""Casts of twelve, beside twelve names that were drawn at random: how near the two nearest names are.

    python -m benchmarks.casts [MODEL ...]

Five casts of each model, of the seeds 0 to 4; the random names are the first twelve of the same seed. A table, in
Markdown: the mean and the least of the five smallest distances, how many initials come again, the median time of
choosing (drawing is not counted), and the cast of seed 0.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from model.artifact.bundled_models import find_model
from model.generation.cast import candidates_for, choose_cast
from model.generation.distance import Traits, distances
from model.generation.options import Options
from model.generation.sequence import NameSequence
from model.generation.served import predictor_of

MODELS = (
    "us", "us-surnames", "icelandic-girls", "irish-surnames", "italian-boys", "turkish-girls", "greek-boys",
    "russian-girls", "japanese-girls", "tamil-boys",
)  # fmt: skip
SEEDS = 5
COUNT = 12
HEADER = (
    "| model | cast: smallest distance, mean (least) | random: the same | initials again: cast, random | ms | cast |\n"
    "|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One cast and as many random names."""

    names: list[str]
    smallest: float
    smallest_at_random: float
    repeated: int
    repeated_at_random: int
    milliseconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.casts", description="Casts beside random names.")
    parser.add_argument("models", nargs="*", default=MODELS, help="names of bundled models")
    print(HEADER)
    everything: list[Measured] = []
    for model in parser.parse_args(arguments).models:
        measured = list(casts(model))
        everything += measured
        print(row(f"`{model}`", measured, ", ".join(measured[0].names)), flush=True)
    print(row(f"all {len(everything)}", everything, ""))
    return 0


def casts(model: str) -> Iterator[Measured]:
    """The casts of a model."""
    artifact = find_model(model)
    predictor, language = predictor_of(artifact), artifact.card.description.language
    for seed in range(SEEDS):
        pool = NameSequence(predictor, Options(), str(seed)).page(0, candidates_for(COUNT)).names
        began = time.perf_counter()
        cast = choose_cast(pool, COUNT, (), language)
        took = 1000 * (time.perf_counter() - began)
        names = [member.name for member in cast.members]
        smallest, repeated = figures(names, language)
        smallest_at_random, repeated_at_random = figures(pool[:COUNT], language)
        yield Measured(names, smallest, smallest_at_random, repeated, repeated_at_random, took)


def figures(names: Sequence[str], language: str) -> tuple[float, int]:
    """The smallest distance of two names, and how many names begin as one before them does."""
    traits = Traits.of(names, language)
    table = distances(traits, traits)
    initials = Counter(traits.initials)
    return float(table[np.triu_indices(len(names), 1)].min()), len(names) - len(initials)


def row(what: str, measured: Sequence[Measured], names: str) -> str:
    """One line of the table."""
    cast = [one.smallest for one in measured]
    random = [one.smallest_at_random for one in measured]
    repeated = fmean(one.repeated for one in measured), fmean(one.repeated_at_random for one in measured)
    cells = (
        what, f"{fmean(cast):.2f} ({min(cast):.2f})", f"{fmean(random):.2f} ({min(random):.2f})",
        f"{repeated[0]:.1f}, {repeated[1]:.1f}", f"{median(one.milliseconds for one in measured):.0f}", names,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
