"""The models of a folder: their cards, which are read at once, and their weights, which are read when they are needed.

Each file is one model, under the name of the file, except the network of many kinds: each of its styles is one, under
the name of the style. Where both are there, the file of its own is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model.artifact import styles_file
from model.artifact.card import Card
from model.artifact.model_file import Artifact, load, read_card
from model.errors import InvalidWeights

SUFFIX = ".npz"
STYLES = styles_file.FILE.removesuffix(SUFFIX)


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
    paths = {path.stem: path for path in folder.iterdir() if path.suffix == SUFFIX}
    models: dict[str, BundledModel] = {}
    if styles := paths.pop(STYLES, None):
        for name, card in styles_file.read_cards(styles).items():
            models[name] = _model(name, card, partial(_load_style, styles, name))
    for name, path in paths.items():
        models[name] = _model(name, read_card(path), partial(load, path))
    return dict(sorted(models.items()))


def load_bundled(folder: Path, name: str) -> Artifact:
    """One model of a folder, whatever else is in it; raises InvalidWeights where there is none, or it is damaged."""
    own, styles = folder / f"{name}{SUFFIX}", folder / styles_file.FILE
    return _load_style(styles, name) if styles.is_file() and not own.is_file() else load(own)


def _model(name: str, card: Card, load_it: Callable[[], Artifact]) -> BundledModel:
    """A model that is never taken for another: where its card has changed, it does not load."""

    def load_checked() -> Artifact:
        artifact = load_it()
        if artifact.card != card:
            raise InvalidWeights("its file was replaced after its card was read; start again to use it", name)
        return artifact

    return BundledModel(name, card, load_checked)


def _load_style(path: Path, name: str) -> Artifact:
    styles = styles_file.load(path)
    if name not in styles.cards:
        raise InvalidWeights(f"it has no style {name}", str(path))
    return styles.model(name)
