"""Names like those that a request sends: a process of its own learns them, and what it made is kept for minutes."""

from __future__ import annotations

import asyncio
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path

from anyio import to_thread

from app.logs import get_logger
from app.schemas.fields import STYLE
from app.serving.capacity import Capacity
from app.serving.errors import AdaptationFailed, LikeDisabled, TooManyAdaptations, UnknownStyle
from app.serving.like_process import NO_NETWORK, encode
from app.serving.source import Source
from app.serving.style_cache import StyleCache, new_reference
from app.serving.subprocesses import run
from model.artifact.model_file import unpack
from model.artifact.styles_file import FILE
from model.corpus.corpus import Corpus
from model.corpus.examples import OPTION, examples
from model.generation.filters import others_than_listed
from model.generation.served import predictor_of

COMMAND = (sys.executable, "-m", "app.serving.like_process")
TIMEOUT_SECONDS = 60.0
"""Of a process; two hundred names take two of an idle core, and the process has a low priority."""

ATTEMPTS = 2
"""A process that the system killed is started once more."""

KEY_BYTES = 32

EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(:|$)")
"""The last line of a traceback."""

log = get_logger(__name__)


class Adapter:
    """Makes sources of names; concurrent requests with the same names make one.

    Parameters
    ----------
    folder
        Of the bundled models, with the network that is adapted; None where the operator turned this off.
    capacity
        Threads that check names.
    cache
        Keeps what was made.
    most
        Processes at a time.
    words_left_out
        The operator's own.
    """

    def __init__(
        self,
        folder: Path | None,
        capacity: Capacity,
        cache: StyleCache,
        *,
        most: int,
        words_left_out: tuple[str, ...] = (),
        command: Sequence[str] = COMMAND,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._folder, self._capacity, self._cache, self._most = folder, capacity, cache, most
        self._words_left_out, self._command, self._timeout_seconds = words_left_out, command, timeout_seconds
        self._secret = secrets.token_bytes(KEY_BYTES)
        self._adapting: dict[bytes, asyncio.Task[Source]] = {}

    @property
    def note(self) -> str:
        """What to do with what was made."""
        return (
            f"model serves more of these until nobody has asked for it for {self._cache.minutes:g} minutes; for one "
            "that stays, the admin sends the names to POST /train or /train/upload"
        )

    def find(self, reference: str) -> Source:
        """What was made of names before; raises UnknownStyle where it was forgotten, or never was."""
        if source := self._cache.get(reference):
            return source
        raise UnknownStyle(reference)

    async def adapt(self, names: Sequence[str]) -> Source:
        """Names like these: from the cache, or from a process that learns them now.

        Raises
        ------
        InvalidOption
            The names are not fit to be examples.
        LikeDisabled, TooManyAdaptations, AdaptationFailed, Busy
            This is not offered here, or not now.
        """
        folder = self._folder
        if folder is None:
            raise LikeDisabled("the operator has turned it off")
        if not (folder / FILE).is_file():
            raise LikeDisabled(f"the network that it starts from, {FILE}, is not among the weights")
        corpus = await self._capacity.run(partial(examples, names))
        key = self._key(corpus)
        if source := self._cache.get_by_key(key):
            return source
        if key not in self._adapting:
            if len(self._adapting) >= self._most:
                raise TooManyAdaptations(self._most)
            task = self._adapting[key] = asyncio.create_task(self._adapt(folder, key, names, corpus.names))
            task.add_done_callback(partial(self._end, key))
        return await asyncio.shield(self._adapting[key])

    async def close(self) -> None:
        """Stop what is being made, and forget what was."""
        tasks = list(self._adapting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._cache.clear()

    def _key(self, corpus: Corpus) -> bytes:
        """Stands for names, in whichever order they came: all that a model takes from them, hashed with a secret."""
        parts = (str(corpus.casing), *corpus.casing.rules, "", *corpus.names)
        return blake2b("\n".join(parts).encode(), key=self._secret).digest()

    async def _adapt(self, folder: Path, key: bytes, names: Sequence[str], given: tuple[str, ...]) -> Source:
        content = await self._run(encode(folder, names))
        source = await to_thread.run_sync(partial(_source, content, given, self._words_left_out))
        self._cache.put(key, source)
        return source

    async def _run(self, content: bytes) -> bytes:
        """The output of a process; what it says of a failure never has a name in it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await run(self._command, content, self._timeout_seconds)
            except subprocess.CalledProcessError as error:
                log.error("adaptation failed", status=error.returncode, reason=_reason(error))  # noqa: TRY400 - one line
                if error.returncode > 0 or attempt == ATTEMPTS:
                    raise AdaptationFailed from error
            except OSError as error:  # among them TimeoutError
                log.error("adaptation failed", error=str(error))  # noqa: TRY400 - one line
                raise AdaptationFailed from error
        raise AssertionError("unreachable")

    def _end(self, key: bytes, task: asyncio.Task[Source]) -> None:
        del self._adapting[key]
        if not task.cancelled():
            task.exception()  # retrieved here too, since everyone who waited may have left


def _reason(error: subprocess.CalledProcessError) -> str:
    """Why a process failed: by a signal, as it says itself, or by an exception, whose message may repeat names."""
    if error.returncode < 0:
        return f"ended by {signal.Signals(-error.returncode).name}"
    said: str = error.stderr.decode(errors="replace").strip()
    last_line = said.rpartition("\n")[2]
    return said if error.returncode == NO_NETWORK else last_line.partition(":")[0] if EXCEPTION.match(last_line) else ""


def is_style(reference: str) -> bool:
    """Whether a reference to a model means what was made of names."""
    return reference.startswith(STYLE)


def _source(content: bytes, given: tuple[str, ...], words_left_out: tuple[str, ...]) -> Source:
    """What a process made of the given names."""
    artifact = unpack(content, OPTION)
    return Source(
        model=new_reference(),
        version=None,
        predictor=predictor_of(artifact, words_left_out),
        artifacts=(artifact,),
        given=given,
        filters=(others_than_listed(artifact, OPTION, "since they were given"),),
        label=OPTION,
    )
