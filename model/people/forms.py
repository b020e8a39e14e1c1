"""Other forms of people's names, as test data needs them: in Latin letters, initials, and user names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.corpus.clusters import clusters_of
from model.people.customs import custom_of
from model.people.latin import latin

NAMELESS = "user"
"""The user name where nothing of a name can be read."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Other forms of one name."""

    latin: str  # A to Z, with spaces, hyphens and apostrophes
    initials: str  # the first letter of each word, in the name's own script
    username: str  # a to z, dots and digits; no other of the same list has it


def forms_of(names: Iterable[Sequence[str]], language: str = "") -> list[Forms]:
    """The other forms of names.

    Parameters
    ----------
    names
        The parts of each: a given name and a surname, or one name alone.
    language
        Of the names, by its English name: for how they are read, and in which order.
    """
    used: dict[str, int] = {}
    found = []
    for parts in names:
        order = list(reversed(parts)) if custom_of(language).family_first else list(parts)
        spelled = [latin(part, language) for part in parts]
        shown = [latin(part, language) for part in order]
        found.append(Forms(" ".join(filter(None, shown)), _initials(order), _username(spelled, used)))
    return found


def _initials(parts: Sequence[str]) -> str:
    words = (word for part in parts for word in re.split(r"[\s\-‐]+", part))
    return "".join(clusters_of(word[:1].title() + word[1:])[0] for word in words if word)


def _username(parts: Sequence[str], used: dict[str, int]) -> str:
    """The parts with dots between; a number is appended where the list has it already."""
    plain = ".".join(filter(None, (re.sub("[^a-z]", "", part.lower()) for part in parts))) or NAMELESS
    used[plain] = number = used.get(plain, 0) + 1
    return plain if number == 1 else f"{plain}{number}"
