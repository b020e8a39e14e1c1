"""The models of a folder: their cards, which are read at once, and their weights, which are read when they are needed.

Each file is one model, under the name of the file, except the network of many kinds: each of its styles is one, under
the name of the style. Where both are there, the file of its own is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from model.artifact import styles_file
from model.artifact.card import Card
from model.artifact.model_file import Artifact, load, read_card
from model.errors import InvalidWeights

FOLDER_VARIABLE = "NAMEWRIGHT_WEIGHTS"
"""The environment variable that names another folder, for the service too."""

SUFFIX = ".npz"
SHOWN_NAMES = 8
"""Most models that a message names where no name is like the one that there is not."""

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


class BundledModels(NamedTuple):
    """What is in a folder."""

    models: dict[str, BundledModel]  # in the order of their names
    refused: dict[str, InvalidWeights]  # why a file, by its name without its ending, is none


def bundled_folder() -> Path:
    """The folder of the models that come with the software, unless the environment names another."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path(__file__).parents[2] / "weights")


def bundled_models(folder: Path) -> dict[str, BundledModel]:
    """The models of a folder, in the order of their names, as far as `read_folder` finds them to be some."""
    return read_folder(folder).models


def read_folder(folder: Path) -> BundledModels:
    """Read the cards of a folder's models, and nothing else of them.

    What is no model, as far as its directory and its card show, is refused, and the others are read.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    paths = {path.stem: path for path in folder.iterdir() if path.suffix == SUFFIX}
    models: dict[str, BundledModel] = {}
    refused: dict[str, InvalidWeights] = {}
    if styles := paths.pop(STYLES, None):
        try:
            for name, card in styles_file.read_cards(styles).items():
                models[name] = _model(name, card, partial(_load_style, styles, name))
        except InvalidWeights as error:
            refused[STYLES] = error
    for name, path in paths.items():
        try:
            models[name] = _model(name, read_card(path), partial(load, path))
        except InvalidWeights as error:
            refused[name] = error
            models.pop(name, None)  # a style of that name, whose place the file takes
    return BundledModels(dict(sorted(models.items())), refused)


def load_bundled(folder: Path, name: str) -> Artifact:
    """One model of a folder, whatever else is in it; raises InvalidWeights where there is none, or it is damaged."""
    own, styles = folder / f"{name}{SUFFIX}", folder / styles_file.FILE
    return _load_style(styles, name) if styles.is_file() and not own.is_file() else load(own)


def styles_of(folder: Path) -> styles_file.Styles | None:
    """The network of many kinds of a folder, parsed once; None where there is none.

    Raises
    ------
    InvalidWeights
        It is damaged.
    """
    path = folder / styles_file.FILE
    return _styles(path) if path.is_file() else None


def find_model(reference: str) -> Artifact:
    """The model of a file, or the bundled one of a name.

    Raises
    ------
    InvalidWeights
        There is none, or it is damaged.
    """
    path = Path(reference)
    if path.suffix == SUFFIX or os.path.exists(path):  # noqa: PTH110 - see `is_file`
        return _load_file(path)
    models, refused = read_folder(folder := bundled_folder())
    if reference in refused and reference != STYLES:
        raise refused[reference]
    if reference not in models:
        near = ", ".join(get_close_matches(reference, models) or list(models)[:SHOWN_NAMES])
        raise InvalidWeights(f"there is no such file, and no such model in {folder}; there are: {near}", reference)
    return models[reference].load()


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name too long for any, at which pathlib would raise, is none."""
    return os.path.isfile(path)  # noqa: PTH113


def _load_file(path: Path) -> Artifact:
    try:
        return load(path)
    except InvalidWeights:
        if not is_file(path) or not styles_file.holds_styles(path):
            raise
        names = list(styles_file.read_cards(path))
        advice = f"give the name of one instead, such as {names[0]}" if names else "trainings can start from it"
        raise InvalidWeights(f"this file is a network with {len(names)} models; {advice}", str(path)) from None


def _model(name: str, card: Card, load_it: Callable[[], Artifact]) -> BundledModel:
    """A model that is never taken for another: where its card has changed, it does not load."""

    def load_checked() -> Artifact:
        artifact = load_it()
        if artifact.card != card:
            raise InvalidWeights("its file was replaced after its card was read; start again to use it", name)
        return artifact

    return BundledModel(name, card, load_checked)


def _load_style(path: Path, name: str) -> Artifact:
    styles = _styles(path)
    if name not in styles.cards:
        raise InvalidWeights(f"it has no style {name}", str(path))
    return styles.model(name)


def _styles(path: Path) -> styles_file.Styles:
    try:
        status = path.stat()
    except OSError:
        return styles_file.load(path)  # which says what is wrong
    return _parse(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _parse(path: Path, _mtime_ns: int, _size: int) -> styles_file.Styles:
    """The network of many kinds, kept for its next style: parsing takes far longer than making the model of one."""
    return styles_file.load(path)
