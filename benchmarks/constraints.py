"""How long constrained names take: `python -m benchmarks.constraints [REQUESTS]`.

Ten names of `us` for random constraints of every kind, alone and together, each of which some name of a free draw
meets. Times are of the process, which other load on the machine changes less.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from model.artifact.model_file import load
from model.constraints.constraints import Constraints
from model.constraints.syllables import count_syllables
from model.corpus.clusters import clusters_of
from model.errors import Unsatisfiable
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of

WEIGHTS = Path("weights/us.npz")
COUNT = 10
KINDS = ("suffix", "contains", "pattern", "regex", "exclude", "syllables")


def constraints_of(name: str, rng: random.Random) -> Constraints:
    """One to three constraints that this name meets."""
    found: dict[str, str | tuple[str, ...]] = {}
    for kind in rng.sample(KINDS, rng.choice((1, 1, 2, 3))):
        begin = rng.randrange(len(name))
        if kind == "suffix":
            found[kind] = name[-rng.randint(1, 3) :]
        elif kind == "contains":
            found[kind] = name[begin : begin + rng.randint(1, 3)]
        elif kind == "pattern":
            found[kind] = "".join(rng.choice((letter, letter, "?", "*")) for letter in clusters_of(name))
        elif kind == "regex":
            found[kind] = "".join(
                rng.choice((letter, "[aeiouy]" if letter in "aeiouy" else ".", ".*")) for letter in clusters_of(name)
            )
        elif kind == "exclude":
            pairs = {first + second for first in "aeiou" for second in "nrlst"} - {name[i : i + 2] for i in range(9)}
            found[kind] = tuple(rng.sample(sorted(pairs), rng.randint(1, 5)))
        else:
            number = count_syllables(name)
            found[kind] = rng.choice((str(number), f"{max(number - 1, 0)}-{number + 1}"))
    return Constraints(**found)  # type: ignore[arg-type]


def main(requests: int) -> None:
    predictor, rng = predictor_of(load(WEIGHTS)), random.Random(0)  # noqa: S311
    names = [predictor.fold(name) for name in draw(predictor, requests, Options(), np.random.default_rng(0)).names]
    free: list[float] = []
    times: list[float] = []
    ways = Counter[str]()
    for number, name in enumerate(names):
        options = Options(constraints=constraints_of(name, rng))
        for options_used, spent in ((Options(), free), (options, times)):
            began = time.process_time()
            try:
                drawn = draw(predictor, COUNT, options_used, np.random.default_rng(number))
            except Unsatisfiable:
                raise SystemExit(f"{name} meets {options.constraints}, and yet they are refused") from None
            spent.append(time.process_time() - began)
        ways["exact" if drawn.exact else "particles"] += 1
        ways["shortfall"] += drawn.shortfall is not None
    for title, spent in (("free", free), ("constrained", times)):
        median, late = np.percentile(spent, [50, 99]) * 1000
        print(f"{title}: median {median:.1f} ms, 99 % {late:.1f} ms for {COUNT} names")
    print(", ".join(f"{way}: {number}" for way, number in ways.items()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
