"""The store for the event loop: opened in the background, used in threads.

The libraries of databases are imported by a thread, after the service is ready.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import Event, Semaphore, move_on_after, sleep, to_thread

from app.logs import get_logger
from app.store.backoff import Backoff
from app.store.errors import NotReady, Outage, StoreAway

if TYPE_CHECKING:
    from app.store.sync_store import Store

log = get_logger(__name__)

THREADS = 8
"""Most calls on the store at a time."""

WAIT_SECONDS = 5
"""Longest that a call waits for the first attempt to open the store, or for a thread."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1, 15
"""Between two attempts to open the store."""

STARTING = "the service is starting and has not opened its database yet"
STOPPING = "the service is stopping"
BUSY = "the database is slow, and too much waits for it already"
BROKEN = "opening the database failed; the log of the service says how"

A = TypeVar("A")
T = TypeVar("T")


class AsyncStore:
    """The store of a database URL, once it can be opened.

    Parameters
    ----------
    url : str
        Of the database.
    wait_seconds : float
        Longest that a call waits for the first attempt to open the store, or for a thread.
    first_pause_seconds, longest_pause_seconds : float
        Between two attempts to open the store.

    Attributes
    ----------
    reason : str, optional
        Why the store cannot be used, in one line for anyone; nothing when it can.
    opened : int
        How many times it was opened: what was read before the last time may be of another database.
    """

    def __init__(
        self,
        url: str,
        *,
        wait_seconds: float = WAIT_SECONDS,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    ) -> None:
        self.reason: str | None = STARTING
        self.opened = 0
        self._url = url
        self._wait_seconds = wait_seconds
        self._backoff = Backoff(first_pause_seconds, longest_pause_seconds)
        self._steady_seconds = longest_pause_seconds
        self._store: Store | None = None
        self._tried = Event()
        self._is_open = False
        self._lost = Event()
        self._free = Semaphore(THREADS)
        self._threads = ThreadPoolExecutor(THREADS, "store")

    async def maintain(self) -> None:
        """Open the store and migrate its database; try again until that works, and when the database is replaced."""
        while await self._open():
            if self._is_open:
                since = time.monotonic()
                await self._lost.wait()
                if time.monotonic() - since > self._steady_seconds:
                    self._backoff.reset()
            await sleep(self._backoff.next_seconds())

    async def run(self, work: Callable[[Store], T]) -> T:
        """Call something with the store, in a thread; all that it raises passes through, except `Outage`.

        Raises
        ------
        StoreAway
            The store cannot be used: it is not open yet, or the database is away.
        """
        with move_on_after(self._wait_seconds) as waiting:
            await self._tried.wait()
            await self._free.acquire()
        if waiting.cancelled_caught:
            raise StoreAway(BUSY if self._tried.is_set() else STARTING)
        try:
            if self._store is None or not self._is_open:
                raise StoreAway(self.reason or STARTING)
            return await self._do(self._store, work)
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close the store after the calls in progress, even those whose callers were cancelled."""
        store, self._store, self.reason = self._store, None, STOPPING
        self._tried.set()
        with move_on_after(self._wait_seconds, shield=True):
            await to_thread.run_sync(self._threads.shutdown, abandon_on_cancel=True)
        if store is not None:
            store.close()

    async def _do(self, store: Store, work: Callable[[Store], T]) -> T:
        try:
            result = await self._in_thread(work, store)
        except Outage as error:
            if isinstance(error, NotReady):
                self._is_open = False
                self._lost.set()
            self._note(error.reason, error.detail)
            raise StoreAway(error.reason) from error
        if self._is_open:  # still
            self._note(None)
        return result

    async def _in_thread(self, work: Callable[[A], T], argument: A) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work, argument)

    async def _open(self) -> bool:
        """Try to open the store; False if trying again is of no use: a wrong URL stays wrong."""
        try:
            if self._store is None:
                self._store = await self._in_thread(_make, self._url)
            failure = await self._in_thread(_prepare, self._store)
        except Exception as error:  # noqa: BLE001 - the models in service have no need of a database
            is_url = self._store is None and isinstance(error, ValueError)
            self._note(str(error) if is_url else BROKEN, failure=None if is_url else error)
            return not is_url
        finally:
            self._tried.set()
        if failure is None:
            self._is_open = True
            self._lost = Event()
            self.opened += 1
        self._note(*failure or (None,))
        return True

    def _note(self, reason: str | None, detail: str = "", failure: Exception | None = None) -> None:
        """Remember why the store cannot be used, or that it can, and log it when that is new."""
        if reason == self.reason or self.reason == STOPPING:
            return
        self.reason = reason
        if reason is None:
            log.info("database ready")
        else:
            fields: dict[str, Any] = {"reason": reason} | ({"detail": detail} if detail else {})
            log.warning("the database cannot be used", **fields, exc_info=failure)


def _make(url: str) -> Store:
    from app.store.sync_store import Store

    return Store(url)


def _prepare(store: Store) -> tuple[str, str] | None:
    """Migrate the database; the reason of an outage, for anyone, and its detail, for the log."""
    try:
        store.migrate()
    except Outage as error:
        return error.reason, error.detail
    return None
