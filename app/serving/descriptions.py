"""What answers tell of a version, for a person who chooses a model.

Of one from a private list, only the admin sees numbers of names and hyperparameters, which are chosen by them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, get_args

from app.schemas.fields import Kind
from app.schemas.sample import ModelsQuery
from app.serving.errors import UnknownValue
from app.serving.snapshots import Model, Served, Unloaded
from model.corpus.normal_form import nfc
from model.generation.served import default_top_p

SHOWN_EXAMPLES = 3
"""Of the names that a card has as examples."""

HIDDEN: Mapping[str, Sequence[str]] = {
    "corpus": ("names", "train", "validation", "test"),
    "architecture": ("cell", "layers", "hidden"),
    "comparison": ("names",),
    "memorisation": ("draws",),
    "ngram": ("order", "weight", "contexts"),
}
"""Fields of the parts of a card that are numbers of names, or are chosen by those, or for a training."""

PER_CENT = 100
"""Shares of draws are shown to a whole per cent: with all digits, the sizes of parts of a list could be worked out."""

KINDS: tuple[str, ...] = get_args(Kind)
FILTERS = tuple(ModelsQuery.model_fields)
"""Fields of a description that a query may ask for."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that the models in service have, by the field of the description; each in the order of answers."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, versions: Iterable[Served | Unloaded]) -> Choices:
        """The values of some versions."""
        versions = list(versions)
        found = {name: {getattr(one.card.description, name) for one in versions} - {""} for name in FILTERS}
        return cls({name: tuple(sorted(values, key=_place)) for name, values in found.items()})

    def select(self, versions: Iterable[Served | Unloaded], query: ModelsQuery) -> list[Served | Unloaded]:
        """The versions that a query asks for, by language, kind and name.

        Raises
        ------
        UnknownValue
            No version has a value that the query names.
        """
        wanted = {name: self._find(name, value) for name, value in query.model_dump(exclude_none=True).items()}
        chosen = [
            one
            for one in versions
            if all(getattr(one.card.description, name) == value for name, value in wanted.items())
        ]
        return sorted(chosen, key=_order)

    def _find(self, name: str, value: str) -> str:
        asked = nfc(value).casefold()
        for known in self.values[name]:
            if known.casefold() == asked:
                return known
        raise UnknownValue(name, value, self.values[name])


def summarize(model: Model, version: Served | Unloaded, *, is_default: bool, is_admin: bool) -> dict[str, Any]:
    """The fields of an `app.schemas.answers.ModelSummary`."""
    card = version.card
    described = card.description
    return {
        "name": version.name,
        "version": version.version,
        "versions": list(model.versions),
        "default": is_default,
        "language": described.language or None,
        "kind": described.kind or None,
        "script": described.script or None,
        "examples": _shown(card.examples),
        "corpus": card.corpus.title,
        "names": card.corpus.names if _is_open(version, is_admin=is_admin) else None,
        "source": described.source or None,
        "licence": described.licence or None,
        "letters": list(card.letters),
        "default_top_p": default_top_p(card.corpus.names),
        "nats_per_letter": card.nats_per_letter,
        "ngram_nats_per_letter": card.comparison.ngram if card.comparison.names else None,
    }


def show_card(version: Served | Unloaded, *, is_admin: bool) -> dict[str, Any]:
    """The card of a version; of a private list it has no hash, which would confirm a guess.

    Only the admin sees how many names such a list has, how it was trained, and anything from which that could be worked
    out.
    """
    card: dict[str, Any] = version.card.to_json()
    if not version.is_public:
        _hide(card["corpus"], "sha256")
    if not _is_open(version, is_admin=is_admin):
        for part, names in HIDDEN.items():
            _hide(card[part], *names)
        _hide(card["hyperparameters"], *card["hyperparameters"])
        _hide(card, "preset", "seed", "parent")
        shares = card["memorisation"]
        shares |= {name: _round_up(shares[name]) for name in ("in_training", "in_held_out")}
    return card


def show_cause(cause: str, *, is_admin: bool) -> str:
    """Why a version was put into service; the training by its id for the admin, and as `job` for others."""
    return cause if is_admin else cause.partition(" ")[0]


def _shown(examples: Sequence[str]) -> list[str]:
    """The first examples that are no shorter than half of them: a model is chosen by its ordinary names."""
    middle = median(map(len, examples)) if examples else 0
    return [name for name in examples if len(name) >= middle][:SHOWN_EXAMPLES]


def _hide(part: dict[str, Any], *names: str) -> None:
    part |= {name: None for name in names if name in part}


def _round_up(share: float) -> float:
    """The next whole per cent, so that only what is 0 shows as 0."""
    return math.ceil(round(share * PER_CENT, 9)) / PER_CENT


def _is_open(version: Served | Unloaded, *, is_admin: bool) -> bool:
    """Whether the numbers of names may be shown."""
    return version.is_public or is_admin


def _place(value: str) -> tuple[int, str]:
    """The place of a value among others: kinds in the order of `KINDS`, all else by the alphabet."""
    return KINDS.index(value) if value in KINDS else len(KINDS), value.casefold()


def _order(version: Served | Unloaded) -> tuple[Any, ...]:
    described = version.card.description
    return not described.language, _place(described.language), not described.kind, _place(described.kind), version.name
