"""Load a service for an hour, and see that it is as it was: ``make soak``; ``make test`` has the short of it."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

from tests.soak import tables
from tests.soak.other_requests import KINDS, STREAM_WEIGHTS
from tests.soak.soak import ADMINS, Soak, errors_logged, load, service_on
from tests.soak.verdict import quarters, reasons

LINE_SECONDS = 60.0


def main() -> None:
    """Run, print what is seen, and end with status 1 and the reasons where something is not as it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument(
        "--kinds",
        nargs="*",
        metavar="kind",
        help=f"requests of these only, such as {', '.join((*KINDS, *STREAM_WEIGHTS))}",
    )
    parser.add_argument("--admins", type=int, default=ADMINS, help="who train and delete models")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where to write what the service has logged")
    asked = parser.parse_args()
    seconds = 60 * asked.minutes
    print(f"seed {asked.seed}, {asked.database}, {asked.minutes:g} minutes, {load()}\n\n{tables.HEADING}", flush=True)
    with service_on(asked.database) as service:
        soak = Soak(service, asked.seed, kinds=set(asked.kinds) if asked.kinds else None, admins=asked.admins)
        for begin, end in soak.run(seconds, min(LINE_SECONDS, seconds)):
            print(tables.line(soak.ledger, soak.samples, begin, end), flush=True)
    if asked.log:
        asked.log.write_text(service.log, "utf-8")
    for error in errors_logged(service):
        soak.ledger.failed(f"logged: {error[:500]}")
    found = quarters(soak.samples, soak.ledger, seconds)
    print(f"\n{tables.of_kinds(soak.ledger, seconds)}\n\n{tables.of_quarters(found)}\n\n{load()}")
    wrong = list(reasons(found, soak.ledger))
    print("\n".join(["", *(f"NOT AS IT WAS: {reason}" for reason in wrong)] if wrong else ["", "as it was"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
