"""``python -m benchmarks``: every comparison, as one table."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from benchmarks import recipe, sampling, service, startup, training
from benchmarks.timing import machine


def main() -> None:
    """Run the comparisons and print them."""
    table = Table("", "speed", "× literal", title="namewright against the literal loops", caption=machine())
    for rows in (recipe.rows(), training.rows(), sampling.rows()):
        for what, speed, ratio in rows:
            table.add_row(what, speed, "" if math.isnan(ratio) else f"{ratio:.2f}")
        table.add_section()
    Console().print(table)

    table = Table("", "", "", title="the service", caption=machine())
    for measured in (startup.rows(), service.rows()):
        for row in measured:
            table.add_row(*row)
        table.add_section()
    Console().print(table)


if __name__ == "__main__":
    main()
