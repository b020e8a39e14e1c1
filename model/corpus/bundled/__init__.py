"""Which lists come with the package?  README.md has their sources and licences, LISTS.md a table of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from model.errors import BadCorpus

FOLDER = Path(__file__).parent

KINDS = {
    "girls": "girls' names",
    "boys": "boys' names",
    "given": "given names",
    "surnames": "surnames",
    "places": "places",
}
"""The kinds of lists, and what a title calls them."""


@dataclass(frozen=True, slots=True)
class BundledList:
    """What the catalogue says of a list.

    Attributes
    ----------
    name
        As in ``NAME.txt``.
    title
        For people: "Icelandic girls' names".
    language
        Its English name; several countries may share it.
    kind
        One of `KINDS`.
    script
        As Unicode calls it: "Latin", "Katakana", "Oriya".
    source, licence
        Whose names they are, by way of which package, and what may be done with them.
    """

    name: str
    title: str
    language: str
    kind: str
    script: str
    source: str
    licence: str


@cache
def catalogue() -> dict[str, BundledList]:
    """The lists by name, sorted."""
    entries = json.loads((FOLDER / "catalogue.json").read_text(encoding="utf-8"))
    return {name: BundledList(**entry) for name, entry in entries.items()}


def bundled() -> list[str]:
    """The names of the lists, sorted."""
    return sorted(catalogue())


def path(name: str) -> Path:
    """The file of a list; for any other name, raises BadCorpus, which names some lists."""
    if name not in catalogue():
        raise BadCorpus(f"there is no list called {name!r}; the lists are: {some_lists(name)}")
    return FOLDER / f"{name}.txt"


bundled_path = path


def some_lists(name: str) -> str:
    """For a message: the default list, those with names most like this one, and how many others there are."""
    known = bundled()
    shown = list(dict.fromkeys(["us", *get_close_matches(name, known), "german-girls", "finnish-places"]))[:4]
    return f"{', '.join(shown)} and {len(known) - len(shown)} others"
