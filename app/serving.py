"""The models in service: an immutable snapshot, taken once by each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.problems import UNKNOWN_MODEL, Refusal
from model.artifact import Artifact, load
from model.errors import InvalidWeights

BUNDLED = 0
"""The version of a model that comes with the software."""

LONGEST_NAME = 100
"""Most letters in the name of a model, which travels in addresses and headers."""


@dataclass(frozen=True, slots=True)
class Served:
    """One version of a model, ready to answer."""

    name: str
    version: int
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class Models:
    """All models in service at one moment."""

    by_name: Mapping[str, Served]
    default: str

    @classmethod
    def bundled(cls, folder: Path, default: str) -> Models:
        """Load every `.npz` of a folder under its own name.

        Raises
        ------
        InvalidWeights
            The folder cannot be read, the default model is not in it, or a file is not a model or not named as one.
        """
        try:
            files = [path for path in folder.iterdir() if path.suffix == ".npz"]
        except OSError as error:
            reason = f"this folder of weights cannot be read ({error.strerror}); set NAMEWRIGHT_WEIGHTS to one that can"
            raise InvalidWeights(reason, str(folder)) from error
        for path in files:
            check_name(path.stem)
        paths = {path.stem: path for path in sorted(files, key=lambda path: path.stem)}
        if default not in paths:
            found = ", ".join(paths) or "none"
            raise InvalidWeights(
                f"the default model {default!r} is not in it (models found: {found}); "
                "set NAMEWRIGHT_DEFAULT_MODEL to one of them, or NAMEWRIGHT_WEIGHTS to another folder",
                str(folder),
            )
        served = {name: Served(name, BUNDLED, load(path)) for name, path in paths.items()}
        return cls(MappingProxyType(served), default)

    def resolve(self, reference: str) -> Served:
        """The model that `name` or `name@version` means; refuses with the names or versions that there are."""
        name, pinned, version = reference.partition("@")
        served = self.by_name.get(name)
        if served is None:
            names = list(self.by_name)
            detail = f"there is no model {name!r}; there are: {', '.join(names)}"
            raise Refusal(UNKNOWN_MODEL, detail, models=names)
        if pinned and version != str(served.version):
            detail = f"model {name!r} has no version {version!r}; the version in service is {served.version}"
            raise Refusal(UNKNOWN_MODEL, detail, versions=[served.version])
        return served


def check_name(name: str) -> None:
    """Refuse a name that could not be asked for, or not be told on one line."""
    if not name.isprintable() or "@" in name or len(name) > LONGEST_NAME:
        raise InvalidWeights(
            f"a model cannot be named {name!a}: give its file a name of at most {LONGEST_NAME} printable letters, "
            "none of them @"
        )
