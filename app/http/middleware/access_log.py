"""The access log: one line for every request, written in batches, off the path of the answers."""

from __future__ import annotations

import asyncio
import codecs
import time
from functools import lru_cache
from typing import Any

from starlette.types import Scope

from app.logs import get_logger

SHOWN_METHOD = 20
SHOWN_PATH = 200

MAX_PENDING = 64
"""Lines that are written at once; formatting so many takes the time of a few answers."""

MAX_DELAY_SECONDS = 0.05
"""Longest that a line is kept: what a kill may lose of the log."""

ESCAPE = codecs.getencoder("unicode_escape")
"""Looked up at the start, since a look-up imports: the event loop would wait while another thread imports."""

log = get_logger(__name__)


class AccessLog:
    """Collects the lines of requests; its owner flushes it at the end."""

    def __init__(self) -> None:
        self._pending: list[tuple[float, dict[str, Any]]] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, scope: Scope, status: int, seconds: float, size: int, request_id: str) -> None:
        """Note a request that was answered, or abandoned with status 0."""
        if not log.isEnabledFor(log.INFO):
            return
        fields = {
            "method": scope["method"][:SHOWN_METHOD],
            "path": printable((scope.get("raw_path") or scope["path"].encode())[:SHOWN_PATH]),
            "status": status,
            "ms": round(seconds * 1000, 2),
            "bytes": size,
            "id": request_id,
        }
        self._pending.append((time.time(), fields))
        if len(self._pending) >= MAX_PENDING:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(MAX_DELAY_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what is pending."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pending:
            pending, self._pending = self._pending, []
            log.batch("request", pending)


@lru_cache(maxsize=128)
def printable(path: bytes) -> str:
    """The path as it was requested, without anything that could pass for another line of the log."""
    return ESCAPE(path.decode("latin-1"))[0].decode("ascii")
