"""What a training starts from where nobody said: the network of many kinds, if it suits the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from model.artifact import styles_file
from model.errors import InvalidWeights
from model.training.plan import wants_styles
from model.training.presets import SHORT_LIST
from model.training.start import Start


def automatic_start(
    folder: Path, preset: str, total: int, names: Iterable[str], letters: Iterable[str], overrides: Mapping[str, Any]
) -> Start | None:
    """The network of many kinds for a list that it suits, and None, for random weights, for any other.

    Parameters
    ----------
    folder
        The folder of the bundled models, which has the network's file, or has none.
    preset, overrides
        As of `resolve_plan`.
    total
        How many names the list has.
    names
        The list, or any texts in which its letters are as frequent as in the list.
    letters
        All of them.

    Raises
    ------
    InvalidWeights
        The file is damaged.
    """
    path = folder / styles_file.FILE
    if not wants_styles(preset, total, overrides) or not path.is_file():
        return None
    start = Start.of_styles(styles_file.load(path))
    return start.adapt(letters) if start.suits(names) else None


def better_start(folder: Path, total: int, names: Iterable[str], letters: Iterable[str]) -> str:
    """Advice to who trains a list with another preset or start, where `automatic_start` suits it; otherwise empty."""
    with suppress(InvalidWeights):
        if automatic_start(folder, "default", total, names, letters, {}):
            return (
                f"a list of at most {SHORT_LIST:,} names usually does better with the preset default and no model to "
                "start from: it then starts from a network of many kinds of names"
            )
    return ""
