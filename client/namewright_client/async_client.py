"""The client for programs with an event loop of asyncio."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self, TypeVar, Unpack

import httpx

from namewright_client import calls
from namewright_client.answers import (
    DeletedModel,
    Explanation,
    Job,
    JobSummary,
    Model,
    Models,
    Names,
    Report,
    Scores,
    State,
)
from namewright_client.calls import Call
from namewright_client.connection import DEFAULT_URL, TIMEOUT_SECONDS, headers_of, request_of
from namewright_client.errors import Problem, TrainingFailed
from namewright_client.following import Following
from namewright_client.name_lines import NameLines
from namewright_client.options import FileOptions, PageOptions, SampleOptions, StreamOptions, TrainOptions
from namewright_client.paging import Pages, TrainingPages
from namewright_client.retries import USUAL, Retries

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AsyncSender:
    """Sends requests, and those again that a busy service refuses for now."""

    http: httpx.AsyncClient
    retries: Retries

    async def do(self, call: Call[T]) -> T:
        """What an answer means; raises Problem where it is a refusal for good."""
        async with self.open(call, is_streamed=False) as response:
            await response.aread()
            return call.read(response)

    @asynccontextmanager
    async def open(self, call: Call[T], *, is_streamed: bool = True) -> AsyncIterator[httpx.Response]:
        """An answer, before its body is read; raises Problem as `do`."""
        patience = self.retries.begin()
        while True:
            response = await self.http.send(request_of(call, self.http, is_streamed=is_streamed), stream=True)
            try:
                if response.is_success:
                    yield response
                    return
                await response.aread()
            finally:
                await response.aclose()
            await asyncio.sleep(patience.pause_after(Problem.of(response)))


class AsyncClient:
    """Asks a service; close it after use, or use it in an `async with` block.

    Parameters
    ----------
    url
        Where the service is.
    token
        The admin token, which trainings and changes of models need.
    timeout_seconds
        Longest that a connection, and a part of an answer, may take.
    retries
        How patient to be with a service that is busy.
    transport
        How requests travel, as of `httpx.AsyncClient`.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        token: str | None = None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: Retries = USUAL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        http = httpx.AsyncClient(base_url=url, headers=headers_of(token), timeout=timeout_seconds, transport=transport)
        self._sender = AsyncSender(http, retries)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._sender.http.aclose()

    async def sample(self, **options: Unpack[SampleOptions]) -> Names:
        """Draw names."""
        return await self._sender.do(calls.sample(options))

    async def like(self, names: Sequence[str], **options: Unpack[SampleOptions]) -> Names:
        """Draw names like some; the answer's `model` draws more of them for some minutes."""
        return await self._sender.do(calls.sample({**options, "like": names}))

    async def pages(self, seed: str | int, *, size: int = 1000, **options: Unpack[PageOptions]) -> AsyncIterator[Names]:
        """The names of a seed, a page after the other: no name stands in two of them."""
        pages = Pages(seed, size, options)
        while call := pages.next_call():
            page = await self._sender.do(call)
            pages.take(page)
            yield page

    @asynccontextmanager
    async def stream(self, count: int, **options: Unpack[StreamOptions]) -> AsyncIterator[AsyncNameStream]:
        """Many names, one after the other as they are drawn: for use in a `async with` block."""
        async with self._sender.open(calls.stream({**options, "count": count})) as response:
            yield AsyncNameStream(response)

    async def score(self, names: Sequence[str], *, model: str | None = None, compare: bool = False) -> Scores:
        """Tell how probable names are; with `compare`, which models they sound like."""
        return await self._sender.do(calls.score(names, model, compare=compare))

    async def explain(self, prefix: str = "", *, model: str | None = None, temperature: float = 1.0) -> Explanation:
        """Read the beginning of a name letter by letter."""
        return await self._sender.do(calls.explain(prefix, model, temperature))

    async def report(self, names: Sequence[str]) -> Report:
        """Tell what a training would make of a list."""
        return await self._sender.do(calls.report(names))

    async def models(
        self, *, language: str | None = None, kind: str | None = None, script: str | None = None
    ) -> Models:
        """List the models."""
        return await self._sender.do(calls.models(language, kind, script))

    async def model(self, reference: str) -> Model:
        """Show a model, by `name` or `name@version`."""
        return await self._sender.do(calls.model(reference))

    async def train(self, model: str | None = None, **options: Unpack[TrainOptions]) -> AsyncTraining:
        """Order a training, on `names` or on the bundled list `corpus`."""
        return AsyncTraining(self._sender, await self._sender.do(calls.train(model, options)))

    async def upload(
        self, file: bytes | str | os.PathLike[str], model: str, **options: Unpack[FileOptions]
    ) -> AsyncTraining:
        """Order a training on a file, given by its path or its content."""
        return AsyncTraining(self._sender, await self._sender.do(calls.upload(file, model, options)))

    async def training(self, id: str) -> AsyncTraining:  # noqa: A002 - as the service calls it
        """A training that was ordered before."""
        return AsyncTraining(self._sender, await self._sender.do(calls.job(id)))

    async def trainings(self, state: State | None = None) -> AsyncIterator[JobSummary]:
        """All trainings, newest first."""
        pages = TrainingPages(state)
        while call := pages.next_call():
            page = await self._sender.do(call)
            pages.take(page)
            for job in page.jobs:
                yield job

    async def promote(self, name: str, version: int) -> Model:
        """Put a version of a model into service: forward or back."""
        return await self._sender.do(calls.promote(name, version))

    async def withdraw(self, name: str) -> None:
        """Take a model out of service, until one of its versions is promoted."""
        await self._sender.do(calls.withdraw(name))

    async def delete_model(self, name: str) -> DeletedModel:
        """Delete all trained versions of a model for good."""
        return await self._sender.do(calls.delete_model(name))

    async def delete_version(self, name: str, version: int) -> None:
        """Delete a version that is not in service."""
        await self._sender.do(calls.delete_version(name, version))


class AsyncNameStream(NameLines):
    """Names as they are drawn, to be read once."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.headers)
        self._response = response

    async def __aiter__(self) -> AsyncIterator[str]:
        async for line in self._response.aiter_lines():
            if (name := self._read(line)) is not None:
                yield name
        self._close()


class AsyncTraining:
    """A training that was ordered; `job` is what was last heard of it."""

    def __init__(self, sender: AsyncSender, job: Job) -> None:
        self._sender, self.job = sender, job

    async def refresh(self) -> Job:
        """Ask how far it is."""
        self.job = await self._sender.do(calls.job(self.job.id))
        return self.job

    async def cancel(self) -> Job:
        """End it."""
        self.job = await self._sender.do(calls.cancel(self.job.id))
        return self.job

    async def follow(self) -> AsyncIterator[Job]:
        """The training, each time that there is something new of it, until it has ended.

        Where the connection ends before that, it is made again, and nothing is missed.
        """
        following = Following(self.job.id)
        while not following.is_over:
            await asyncio.sleep(following.pause_seconds)
            error = None
            try:
                async with self._sender.open(following.call()) as response:
                    async for line in response.aiter_lines():
                        if (job := following.read(line)) is not None:
                            self.job = job
                            yield job
            except httpx.TransportError as ended:
                error = ended
            following.ended(error)

    async def wait(self, on_progress: Callable[[Job], object] | None = None) -> Job:
        """Wait until it has ended; `on_progress` is called with what is new. Raises TrainingFailed."""
        async for job in self.follow():
            if on_progress is not None:
                on_progress(job)
        if self.job.state != "succeeded":
            raise TrainingFailed(self.job)
        return self.job
