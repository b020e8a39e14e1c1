"""Loading a stored version, checked so that it will answer when it serves."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from model.artifact.model_file import Artifact, unpack
from model.errors import InvalidWeights
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of

if TYPE_CHECKING:
    from app.store.sync_store import Store


def load_version(store: Store, name: str, version: int) -> Artifact | None:
    """Read a version from the store, compare its checksum, unpack it and draw a name; None if there is no such version.

    Its card says whether its list is private, even where older software wrote it and did not.

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
    return replace(artifact, card=replace(artifact.card, public_membership=stored.public_membership))
