"""Whether names meet what was asked: `python -m benchmarks.constraint_sets [SETS]`, a thousand sets for each model.

Each set is made from a name that the model drew, so that one name meets it at least. What the answers are checked with
is written apart from the automata.

Then, for a constraint that few names meet, how far each way of drawing is from the exact conditional, in requests of
ten.
"""

from __future__ import annotations

import itertools
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.constraints import constraints_of
from model.artifact.bundled_models import find_model
from model.constraints.constraints import Constraints
from model.constraints.syllables import count_syllables
from model.corpus.clusters import clusters_of, is_mark
from model.errors import InvalidOption, Unsatisfiable
from model.generation.constrained import draw_by_particles, draw_by_rejection
from model.generation.drawn import Progress
from model.generation.options import Options
from model.generation.prefixes import find_prefixes
from model.generation.request import Request, compile_options
from model.generation.sampling import draw
from model.generation.scoring import score
from model.generation.served import predictor_of

MODELS = (
    "us", "icelandic-girls", "turkish-boys", "finnish-places", "greek-girls", "russian-places", "hebrew-girls",
    "georgian-boys", "hindi-girls", "japanese-surnames",
)  # fmt: skip
SETS, COUNT = 1_000, 10
REQUESTS = 10_000
PATTERN, REGEX = re.compile(r"[?*]|[^?*]+"), re.compile(r"\.\*|\.|\[\w+\]|[^.\[]+")
VOWEL = "[aeiouy]"
FEW = Options(start="ann", unique=False, decent=False, constraints=Constraints(regex="ann[aei][ln]?[aey]?"))


def faults(name: str, asked: Constraints, fold: Any) -> Iterator[str]:
    """The constraints that a folded name does not meet."""
    if asked.suffix and not name.endswith(fold(asked.suffix)):
        yield "suffix"
    if asked.contains and fold(asked.contains) not in name:
        yield "contains"
    if any(fold(piece) in name for piece in asked.exclude):
        yield "exclude"
    if asked.syllables:
        least, _, most = asked.syllables.partition("-")
        if not int(least) <= count_syllables(name) <= int(most or least):
            yield "syllables"
    for option, tokens in (("pattern", PATTERN), ("regex", REGEX)):
        if (text := getattr(asked, option)) is not None and not fits(tuple(tokens.findall(fold(text))), name):
            yield option


def fits(tokens: tuple[str, ...], name: str) -> bool:
    """Whether a name is like a pattern: ``?`` or ``.`` is a grapheme, ``*`` or ``.*`` is anything, the rest letters.

    Of a conjunct of several consonants, the first ones will do too, each with its marks.
    """
    whole = {0, *itertools.accumulate(map(len, clusters_of(name)))}
    ends = whole | {place for place, letter in enumerate(name) if not is_mark(letter)}
    places = {0}  # how many letters of the name the tokens so far may have taken
    for token in tokens:
        if token in ("*", ".*"):
            places = set(range(min(places), len(name) + 1))
        elif token in ("?", ".", VOWEL):
            begun = [place for place in places & ends if place < len(name)]
            most = {place: min(end for end in whole if end > place) for place in begun}
            after = {(place, end) for place in begun for end in ends if place < end <= most[place]}
            places = {end for place, end in after if token != VOWEL or name[place:end] in VOWEL}
        else:
            places = {place + len(token) for place in places if name.startswith(token, place)}
        if not places:
            return False
    return len(name) in places


def check(name: str, sets: int) -> None:
    predictor, rng = predictor_of(find_model(name)), random.Random(name)  # noqa: S311
    wanted = Options(max_length=16)
    drawn = [predictor.fold(one) for one in draw(predictor, sets, wanted, np.random.default_rng(0)).names]
    outcomes, wrong = Counter[str](), Counter[str]()
    times, rare = [], 0
    while sum(outcomes.values()) < sets:
        number = sum(outcomes.values())
        try:
            asked = constraints_of(drawn[number % len(drawn)], rng)
            began = time.process_time()
            answer = draw(predictor, COUNT, replace(wanted, constraints=asked), np.random.default_rng(number))
        except InvalidOption as error:
            if error.option != "syllables":  # which some scripts do not have
                raise
            continue
        except Unsatisfiable:
            outcomes["refused"] += 1
            continue
        times.append(time.process_time() - began)
        outcomes["exact" if answer.exact else "particles"] += 1
        rare += "came up" in (answer.shortfall or "")
        for one in map(predictor.fold, answer.names):
            wrong.update(faults(one, asked, predictor.fold))
    median, late = np.percentile(times, [50, 99]) * 1000
    found = f"{dict(outcomes)}, {rare} too rare for ten, not met {dict(wrong)}"
    print(f"{name}: {found}, median {median:.1f} ms, 99 % {late:.1f} ms", flush=True)


def distances() -> None:
    """Total variation between 100,000 names by each way and the exact conditional."""
    predictor = predictor_of(find_model("us"))
    prefixes = find_prefixes(predictor, FEW)
    request = Request(predictor, prefixes, compile_options(predictor, prefixes, FEW), FEW)
    names = ["".join(parts) for parts in itertools.product(["ann"], "aei", ["", "l", "n"], ["", "a", "e", "y"])]
    odds = {one.name: math.exp(one.log_probability) for one in score(predictor, predictor.keep(names))}
    exact = np.array(list(odds.values())) / sum(odds.values())
    rng = np.random.default_rng(0)

    def distance(drawn: Counter[str]) -> float:
        shares = np.array([drawn[name] for name in odds]) / drawn.total()
        return float(abs(shares - exact).sum() / 2 + (1 - shares.sum()) / 2)

    ways: dict[str, Callable[[], list[str]]] = {
        "independent draws of the conditional": lambda: rng.choice(list(odds), COUNT, p=exact).tolist(),
        "rejection": lambda: _all(draw_by_rejection(request, Progress(unique=False), COUNT, rng, request.acceptance)),
        "particles": lambda: _all(draw_by_particles(request, Progress(unique=False), COUNT, rng)),
    }
    for way, drawn in ways.items():
        counts = Counter(name for _ in range(REQUESTS) for name in drawn())
        print(
            f"{way}: total variation {distance(counts):.4f} over {len(odds)} names, {counts.total():,} draws",
            flush=True,
        )


def _all(batches: Iterable[list[str] | None]) -> list[str]:
    return [name for batch in batches for name in batch or ()]


def main(sets: int) -> None:
    for name in MODELS:
        check(name, sets)
    distances()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SETS)
