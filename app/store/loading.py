"""Loading a stored version, checked so that it will answer when it serves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.artifact.model_file import Artifact, unpack
from model.errors import InvalidWeights
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of

if TYPE_CHECKING:
    from app.store.sync_store import Store


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """A trained version in memory.

    Attributes
    ----------
    artifact : Artifact
        The model.
    public_membership : bool
        Whether anyone may ask if a name stands in its training list.
    """

    artifact: Artifact
    public_membership: bool


def load_version(store: Store, name: str, version: int) -> LoadedVersion | None:
    """Read a version from the store, compare its checksum, unpack it and draw a name; None if there is no such version.

    Raises
    ------
    InvalidWeights
        It is damaged.
    """
    stored = store.versions.load(name, version)
    if stored is None:
        return None
    source = f"{name}@{version}"
    if hashlib.sha256(stored.content).hexdigest() != stored.sha256:
        raise InvalidWeights("its bytes are not those that were published", source)
    artifact = unpack(stored.content, source)
    try:
        draw(predictor_of(artifact), 1, Options(truncate=True, decent=False), np.random.default_rng(0))
    except Exception as error:
        raise InvalidWeights(f"it draws no name: {error!r}", source) from error
    return LoadedVersion(artifact, stored.public_membership)
