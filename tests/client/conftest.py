"""Both clients, asked in the same way, and a service for them."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from namewright_client import AsyncClient, AsyncTraining, Client

from tests.support.processes import Process
from tests.support.trainings import TOKEN, training_service, until_open

MANY = 1_000_000
"""Names of a stream that no buffers hold."""

NewClient = Callable[..., Client]


class Blocking:
    """An object of the asynchronous client, used as its counterpart of the synchronous one."""

    def __init__(self, portal: BlockingPortal, inner: Any) -> None:
        self._portal, self._inner = portal, inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return partial(self._call, found) if inspect.ismethod(found) else found

    def __iter__(self) -> Iterator[Any]:
        iterator = aiter(self._inner)
        while True:
            try:
                yield self._portal.call(anext, iterator)
            except StopAsyncIteration:
                return

    def _call(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        result = method(*args, **options)
        if inspect.iscoroutine(result):
            return self._wrap(self._portal.call(self._awaited, result))
        if isinstance(result, AbstractAsyncContextManager):
            return self._entered(result)
        return iter(Blocking(self._portal, result)) if isinstance(result, AsyncIterator) else result

    @contextmanager
    def _entered(self, manager: AbstractAsyncContextManager[Any]) -> Iterator[Any]:
        with self._portal.wrap_async_context_manager(manager) as inner:
            yield Blocking(self._portal, inner)

    def _wrap(self, value: Any) -> Any:
        return Blocking(self._portal, value) if isinstance(value, AsyncTraining) else value

    @staticmethod
    async def _awaited(coroutine: Any) -> Any:
        return await coroutine


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service with the bundled models, a worker, and room for one stream."""
    url = f"sqlite:///{tmp_path_factory.mktemp('client') / 'namewright.db'}"
    with training_service(url, max_streams="1", max_stream_count=str(MANY)) as service:
        with service.client() as client:
            until_open(client)
        yield service


@pytest.fixture(params=["sync", "async"])
def new_client(request: pytest.FixtureRequest, service: Process) -> Iterator[NewClient]:
    """Makes clients of one of the two kinds, with the admin's token unless another is given."""
    made: list[Any] = []
    with start_blocking_portal() as portal:

        def make(port: int = 0, **options: Any) -> Client:
            url, options = f"http://127.0.0.1:{port or service.port}", {"token": TOKEN, **options}
            if request.param == "sync":
                made.append(Client(url, transport=httpx.HTTPTransport(), **options))
            else:
                made.append(Blocking(portal, AsyncClient(url, transport=httpx.AsyncHTTPTransport(), **options)))
            return cast(Client, made[-1])

        yield make
        for each in made:
            each.close()


@pytest.fixture
def client(new_client: NewClient) -> Client:
    """One of each kind."""
    return new_client()


@pytest.fixture
def names_file(tmp_path: Path) -> Path:
    """A file of names to learn."""
    path = tmp_path / "Ælves.txt"
    path.write_text("".join(f"{a}{b}{c}\n" for a in ("Ma", "An", "Li") for b in "rnls" for c in ("ia", "en", "o")))
    return path
