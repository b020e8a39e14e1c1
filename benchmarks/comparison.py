"""Whether names are found to sound like the lists that they are from: `python -m benchmarks.comparison [LISTS]`.

Names of the test parts of bundled lists, which no model learned, are compared with all bundled models, as `POST /score`
does with `compare`. Times are of the process, which other load on the machine changes less.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.artifact.bundled_models import BundledModel, bundled_models
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.generation.comparison import MAX_COMPARED, Comparison, Likeness

WEIGHTS = Path("weights")
LISTS, NAMES = 40, 25


class Found(NamedTuple):
    """A held-out name, and what it was found to sound like."""

    name: str
    model: str  # that of its list
    likely: list[Likeness]


def main(lists: int, weights: Path = WEIGHTS) -> list[Found]:
    """Compare names of so many lists, chosen by chance, and print how many were found."""
    models = bundled_models(weights)
    comparison = Comparison(models, weights)
    rng = np.random.default_rng(0)
    chosen = rng.choice([one for one in models if not one.startswith("us")], lists, replace=False)
    names = held_out(chosen.tolist(), rng)
    found: list[Found] = []
    began = time.process_time()
    for start in range(0, len(names), MAX_COMPARED):
        some = names[start : start + MAX_COMPARED]
        likely = comparison.compare([name for name, _ in some])
        found += [Found(name, model, each) for (name, model), each in zip(some, likely, strict=True)]
    seconds = time.process_time() - began
    in_lists = _in_lists(models)
    print("names                       own list first, among five   language first, among five")
    _report("all", found, models)
    _report("in no other list", [one for one in found if len(in_lists[one.name.casefold()]) == 1], models)
    for kind in sorted({models[one.model].card.description.kind for one in found}):
        _report(kind, [one for one in found if models[one.model].card.description.kind == kind], models)
    print(f"{1000 * seconds / len(found):.0f} ms a name")
    return found


def held_out(lists: list[str], rng: np.random.Generator) -> list[tuple[str, str]]:
    """Names of the test part of each list, as the list writes them, with its name."""
    names: list[tuple[str, str]] = []
    for own in sorted(lists):
        corpus = Corpus.read(bundled_path(own))
        test = corpus.split().test
        chosen = rng.choice(test, min(NAMES, len(test)), replace=False)
        names += [(corpus.casing.restore_case(str(name)), own) for name in chosen]
    return names


def _in_lists(models: dict[str, BundledModel]) -> dict[str, set[str]]:
    """In which lists each name stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in models:
        if model != "us-seed":
            for line in bundled_path(model).read_text(encoding="utf-8").splitlines():
                found[line.partition(",")[0].casefold()].add(model)
    return found


def _report(what: str, found: list[Found], models: dict[str, BundledModel]) -> None:
    def share(is_found: Callable[[Found], bool]) -> str:
        return f"{sum(map(is_found, found)) / max(len(found), 1):9.0%}"

    def language(model: str) -> str:
        return models[model].card.description.language

    shares = (
        share(lambda one: [each.model for each in one.likely[:1]] == [one.model]),
        share(lambda one: one.model in [each.model for each in one.likely]),
        share(lambda one: language(one.model) in [language(each.model) for each in one.likely[:1]]),
        share(lambda one: language(one.model) in [language(each.model) for each in one.likely]),
    )
    print(f"{what:20}{len(found):6,}   {'   '.join(shares)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LISTS)
