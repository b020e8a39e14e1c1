"""Models as files, to be kept or served elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from anyio import to_thread

from app.serving.capacity import Capacity
from app.serving.registry import ModelRegistry
from model.artifact.model_file import Artifact, pack

MAX_DOWNLOADS = 2
"""At once, in each process: each has a model in memory, of some megabytes, until its client has read it."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One version of a model, as a folder of weights has it.

    Attributes
    ----------
    name : str
        Of the file, and so of the model where it is served.
    content : bytes
        The file.
    sha256 : str
        Of the content, in hexadecimal.
    """

    name: str
    content: bytes
    sha256: str


class Downloads:
    """Makes files of models; `capacity` bounds how many are in memory at once."""

    def __init__(self, registry: ModelRegistry, capacity: Capacity) -> None:
        self._registry, self._capacity = registry, capacity

    @asynccontextmanager
    async def open(self, name: str, version: int) -> AsyncIterator[WeightsFile]:
        """The file of a version, in service or not, bundled or trained.

        Raises
        ------
        UnknownModel, UnknownVersion
            There is none.
        DamagedVersion, Busy, StoreAway, CatalogueUnread
            It cannot be loaded, or not now.
        """
        async with self._capacity.slot():
            served = await self._registry.resolve(f"{name}@{version}", even_withdrawn=True)
            yield await to_thread.run_sync(partial(_file_of, served.name, served.artifact))


def _file_of(name: str, artifact: Artifact) -> WeightsFile:
    content = pack(artifact)
    return WeightsFile(f"{name}.npz", content, sha256(content).hexdigest())
