"""The models of a folder: their cards, which are read at once, and their weights, which are read when they are needed.

Each file is one model, under the name of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model.artifact.card import Card
from model.artifact.model_file import Artifact, load, read_card
from model.errors import InvalidWeights

SUFFIX = ".npz"


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model of a folder.

    Attributes
    ----------
    name : str
        By which it is asked for.
    card : Card
        As it was when the folder was read.
    load : callable
        Reads the model, with every check; raises InvalidWeights where it is damaged, or another by now.
    """

    name: str
    card: Card
    load: Callable[[], Artifact]


def bundled_models(folder: Path) -> dict[str, BundledModel]:
    """Read the cards of a folder's models, and nothing else of them.

    Returns
    -------
    dict
        In the order of their names.

    Raises
    ------
    OSError
        The folder cannot be read.
    InvalidWeights
        A file is not a model, as far as its directory and its card show.
    """
    paths = sorted((path for path in folder.iterdir() if path.suffix == SUFFIX), key=lambda path: path.stem)
    cards = {path: read_card(path) for path in paths}
    return {path.stem: BundledModel(path.stem, card, partial(_load, path, card)) for path, card in cards.items()}


def _load(path: Path, card: Card) -> Artifact:
    """The model of a file: the one that was there when its card was read, since a version never changes."""
    artifact = load(path)
    if artifact.card != card:
        raise InvalidWeights("it was replaced after its card was read; start again to use it", str(path))
    return artifact
