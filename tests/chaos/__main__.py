"""Do harm at random and see that nothing is lost: ``make chaos``; ``make test`` has the short of it."""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence

from tests.chaos.builds import BUILDS
from tests.chaos.campaign import PARTS, Campaign, Result, faults_of
from tests.chaos.installation import STEPS_PER_SECOND
from tests.chaos.namespaces import inside
from tests.support.stores import assert_same_bits

NAMESPACES = "namespaces"
SHARE_IN_NAMESPACES = 5
"""One in so many: there, only the network is harmed."""


def main() -> None:
    """Do as many faults as asked on each installation, print tables, and end with status 1 where one did harm."""
    known = sorted({part for parts in PARTS.values() for part in parts})
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(known)}; all where none is given")
    parser.add_argument("--on", nargs="+", choices=BUILDS, default=list(BUILDS), help="installations")
    parser.add_argument("--runs", type=int, default=60, help="faults on each database")
    parser.add_argument("--seconds", type=float, default=3, help="how long a training takes, about")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--isolated", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := {*asked.parts} - {*known}:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    print(f"seed {asked.seed}", flush=True)
    failed, wholes = False, []
    for kind in asked.on:
        if not (faults := faults_of(kind, asked.parts)):
            continue
        if kind != NAMESPACES or asked.isolated:
            campaign = Campaign(BUILDS[kind], round(asked.seconds * STEPS_PER_SECOND), asked.seed)
            results = []
            for result in campaign.run(faults, asked.runs):
                results.append(result)
                print(f"{len(results):3} {kind:10} {line(result)}", flush=True)
            print(f"\n{kind}\n{table(results)}\n", flush=True)
            failed |= any(result.failure for result in results)
            wholes += [campaign.whole] if campaign.whole else []
        elif way := inside():
            runs = ["--runs", str(-(-asked.runs // SHARE_IN_NAMESPACES))]
            same = ["--seconds", str(asked.seconds), "--seed", str(asked.seed), *runs]
            command = [*way, sys.executable, "-m", "tests.chaos", *asked.parts, "--isolated", "--on", kind, *same]
            failed |= bool(subprocess.run(command).returncode)
        else:
            print(f"{kind} skipped: this machine allows no network namespaces", flush=True)
    for whole in wholes[1:]:
        assert_same_bits(whole, wholes[0])
    sys.exit(failed)


def line(result: Result) -> str:
    """A result in one line."""
    verdict = "FAILED" if result.failure else "skipped" if result.skipped else "nothing lost"
    return f"{result.fault:32} {verdict:12} {result.seconds:4.0f} s  {result.failure or result.detail}"


def table(results: Sequence[Result]) -> str:
    """How often each fault was done, and how often it did harm."""
    rows: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        rows[result.fault].append(result)
    lines = [f"{'fault':32} {'times':>5} {'failed':>6}  {'longest':>7}"]
    for name, group in rows.items():
        if skipped := [result for result in group if result.skipped]:
            lines.append(f"{name:32} {'-':>5} {'-':>6}  {'-':>7}  skipped: {skipped[0].detail}")
            continue
        failures = sum(result.failure is not None for result in group)
        lines.append(f"{name:32} {len(group):5} {failures:6}  {max(result.seconds for result in group):5.0f} s")
    done = [result for result in results if not result.skipped]
    lines.append(f"{'all':32} {len(done):5} {sum(result.failure is not None for result in done):6}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
