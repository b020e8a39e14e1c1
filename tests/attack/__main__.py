"""Attack the service and its files, and report what came of it: ``make attack``; ``make test`` has the short of it.

A part is a function that takes a number of attempts and a random generator, and returns a `Report`.
"""

from __future__ import annotations

import argparse
import secrets
import sys

import numpy as np

from tests.attack import bombs, files, neighbours, patterns, raw, requests, stops, strings
from tests.attack.report import Part

PARTS: dict[str, tuple[Part, int]] = {
    "files": (files.attack, 5_000),
    "strings": (strings.attack, 1_500),
    "requests": (requests.attack, 20_000),
    "raw": (raw.attack, 10_000),
    "bombs": (bombs.attack, 1_000),
    "patterns": (patterns.attack, 1_000),
    "stops": (stops.attack, 40),
    "neighbours": (neighbours.attack, 500),
}
"""By name, with how many attempts make a long attack."""


def main() -> None:
    """Run the parts that are asked for, and end with status 1 where one of them got through."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all where none is given")
    parser.add_argument("--attempts", type=int, help="of each part")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    print(f"seed {asked.seed}", flush=True)
    reports = []
    for name in asked.parts or PARTS:
        part, usual = PARTS[name]
        reports.append(part(asked.attempts or usual, np.random.default_rng(asked.seed)))
        print(f"{name}: {reports[-1]}", flush=True)
    sys.exit(any(report.breaches for report in reports))


if __name__ == "__main__":
    main()
