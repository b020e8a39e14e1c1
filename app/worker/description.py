"""What the card of a trained model says of its names: what the catalogue or the order says, script and privacy."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from app.store.records import Order
from model.artifact.card import Description
from model.artifact.model_file import Artifact
from model.training.styles import describe

HAN = "Cjk"
"""How the names of Chinese characters begin in Unicode, where the script is called Han."""


def described(trained: Artifact, order: Order) -> Artifact:
    """The model with its description, and whether its list is public."""
    found = describe(order.corpus) if order.source == "bundled" else Description(script=script_of(trained.card.letters))
    said = {name: value for name, value in (("language", order.language), ("kind", order.kind)) if value}
    description = replace(found, **said)
    card = replace(trained.card, description=description, public_membership=order.public_membership)
    return replace(trained, card=card)


def script_of(letters: Iterable[str]) -> str:
    """The script of most of some letters, as Unicode calls it in their names; empty where there is no letter."""
    names = (unicodedata.name(letter, "").partition(" ")[0].title() for letter in letters if letter.isalpha())
    counts = Counter(name for name in names if name)
    script = max(counts, key=counts.__getitem__, default="")
    return "Han" if script == HAN else script
