"""``python -m benchmarks``: every comparison of speed, as one table; what ``make bench`` runs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

from rich.console import Console

from benchmarks import beside_training, overload, processes, recipe, sampling, service, startup, streams, training
from benchmarks.comparison_table import Circumstances, Figure, table, to_json, write_page
from benchmarks.timing import MEASURED_CORE, machine, matrix_rate, pinned

ROOT = Path(__file__).parents[1]
JSON = ROOT / "build/benchmarks.json"
PAGE, CHART = ROOT / "docs/benchmarks.md", ROOT / "docs/images/benchmarks.svg"

SECTIONS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "recipe": recipe.figures,
    "training": training.figures,
    "sampling": sampling.figures,
    "startup": startup.figures,
    "service": service.figures,
    "streams": streams.figures,
    "overload": overload.figures,
    "processes": processes.figures,
    "beside-training": beside_training.figures,
}
NEED_WRK = {"service", "overload", "processes"}


def main() -> None:
    """Measure on one core, print the table, and keep it."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="what to measure; by default everything")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter repetitions: under three minutes")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} and its chart anew")
    arguments = parser.parse_args()
    if NEED_WRK & set(arguments.sections or SECTIONS) and not which("wrk"):
        needing, others = " and ".join(NEED_WRK), " ".join(SECTIONS.keys() - NEED_WRK)
        parser.error(f"{needing} need wrk ('apt-get install wrk'); to do without, name the others: {others}")
    console, measured, rates = Console(), dict[str, list[Figure]](), list[float]()
    with pinned(MEASURED_CORE):
        for section in arguments.sections or SECTIONS:
            console.print(f"Measuring: {section} ...", style="dim")
            rates.append(matrix_rate())
            measured[section] = list(SECTIONS[section](arguments.quick))
        rates.append(matrix_rate())
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    circumstances = Circumstances(date, machine(), tuple(rates), arguments.quick)
    console.print(table(measured, circumstances))
    JSON.parent.mkdir(exist_ok=True)
    JSON.write_text(to_json(measured, circumstances), "utf-8")
    if arguments.write:
        write_page(PAGE, CHART, measured, circumstances)


if __name__ == "__main__":
    main()
