import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs.events import EVENT_ID, Followers, Position, new_events
from app.settings import Settings
from app.store.records import Job
from tests.support.admin import BEARER, QUEUED, Office, administering
from tests.support.services import PATIENCE, eventually, listening_on_socket, problem


@dataclass(frozen=True)
class Event:
    name: str
    id: str
    data: dict[str, Any]


def parse(text: str) -> list[Event]:
    """Events as a client reads them: https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "data" in fields:
            events.append(Event(fields["event"], fields["id"], json.loads(fields["data"])))
    return events


class Stream:
    """A client of one stream, event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.text = ""
        self.chunks = answer.aiter_text()
        self.given = 0

    async def next(self) -> Event:
        with anyio.fail_after(PATIENCE):
            while len(events := parse(self.text[: self.text.rfind("\n\n") + 2])) <= self.given:
                self.text += await anext(self.chunks)
        self.given += 1
        return events[self.given - 1]

    async def rest(self) -> list[Event]:
        with anyio.fail_after(PATIENCE):
            async for chunk in self.chunks:
                self.text += chunk
        return parse(self.text)[self.given :]


def listening(office: Office) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """The service behind a real socket: a client in this process would wait for the end of a stream."""
    return listening_on_socket(office.app, BEARER)


@pytest.fixture
async def office(tmp_path: Path, settings: Settings) -> AsyncIterator[Office]:
    async with administering(settings, tmp_path, max_followers=3) as office:
        yield office


@asynccontextmanager
async def followed(client: httpx.AsyncClient, job: str, last: str | None = None) -> AsyncIterator[Stream]:
    headers = {"Last-Event-ID": last} if last is not None else {}
    async with client.stream("GET", f"/train/{job}/events", headers=headers) as answer:
        assert answer.status_code == 200
        yield Stream(answer)


@pytest.mark.anyio
async def test_a_training_is_told_from_its_beginning_to_its_end(office: Office) -> None:
    job = await office.ordered()
    async with listening(office) as client, followed(client, job) as stream:
        headers = stream.answer.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
        first = await stream.next()
        assert (first.name, first.data) == ("state", (await client.get(f"/train/{job}")).json())
        claim = await office.begun(job)
        begun = await stream.next()
        assert (begun.name, begun.data["state"]) == ("state", "running")
        await office.progressed(claim, 100, 200)
        body = await stream.next()
        assert (body.name, body.data["state"], body.data["progress"]["step"]) == ("progress", "running", 200)
        assert [point["step"] for point in body.data["loss"]["history"]] == [100, 200]
        await office.progressed(claim, 100, 200, 300)
        body = await stream.next()
        assert [point["step"] for point in body.data["loss"]["history"]] == [300]
        assert (body.data["loss"]["train"], body.data["loss"]["held_out"]) == (2.7, 2.9)
        await office.published(claim)
        (last,) = await stream.rest()
        assert (last.name, last.data) == ("state", (await client.get(f"/train/{job}")).json())
        assert (last.data["state"], last.data["version"]) == ("succeeded", 1)


@pytest.mark.anyio
async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(office: Office) -> None:
    job = await office.ordered()
    claim = await office.begun(job)
    await office.progressed(claim, 100)
    async with listening(office) as client:
        async with followed(client, job) as stream:
            seen = [await stream.next(), await stream.next()]
        await office.progressed(claim, 100, 200, 300)
        async with followed(client, job, seen[-1].id) as stream:
            seen.append(await stream.next())
        await office.progressed(claim, 100, 200, 300, 400)
        await office.published(claim)
        async with followed(client, job, seen[-1].id) as stream:
            seen += await stream.rest()
        assert [event.name for event in seen] == ["state", "progress", "progress", "progress", "state"]
        points = [p["step"] for event in seen if event.name == "progress" for p in event.data["loss"]["history"]]
        assert points == [100, 200, 300, 400]
        again = await client.get(f"/train/{job}/events", headers={"Last-Event-ID": seen[-1].id})
        assert (again.status_code, again.content) == (204, b"")  # so that a browser stops coming back
        async with followed(client, job, seen[-2].id) as stream:
            assert await stream.rest() == seen[-1:]


@pytest.mark.no_cover
@pytest.mark.anyio
@pytest.mark.parametrize(
    "last", ["", "nonsense", "1-1", "99-0-queued", "1-0-done", "٣-0-queued", "9" * 5000, "-1-0-none"]
)
async def test_an_id_that_no_event_had_is_ignored(office: Office, last: str) -> None:
    job = await office.ordered()
    await office.client.post(f"/train/{job}/cancel")
    headers = [(b"Last-Event-ID", last.encode())]
    answer = await office.client.get(f"/train/{job}/events", headers=headers)
    (event,) = parse(answer.text)
    assert (event.name, event.data["state"]) == ("state", "cancelled")


@pytest.mark.anyio
async def test_one_client_too_many_is_refused_until_one_leaves(office: Office) -> None:
    job = await office.ordered()
    async with listening(office) as client:
        async with followed(client, job) as one, followed(client, job) as two:
            async with followed(client, job) as three:
                for stream in (one, two, three):
                    await stream.next()
                answer = await client.get(f"/train/{job}/events")
                assert problem(answer, 503)["type"] == "/problems/over-capacity"
                assert "retry-after" in answer.headers

            async def ask() -> int:
                async with client.stream("GET", f"/train/{job}/events") as answer:
                    return answer.status_code

            await eventually(ask, lambda status: status == 200)

        async def count() -> int:
            return int(office.app.state.training.followers.count)

        assert await eventually(count, lambda left: left == 0) == 0


@pytest.fixture
def lively(office: Office) -> Office:
    """The office, whose quiet streams are kept alive every moment."""
    state = office.app.state
    followers = Followers(state.store, state.registry.polling, state.shutdown, 3, keep_alive_seconds=0.1)
    state.training = replace(state.training, followers=followers)
    return office


@pytest.mark.anyio
async def test_a_quiet_stream_is_kept_alive(lively: Office) -> None:
    job = await lively.ordered()
    async with listening(lively) as client, followed(client, job) as stream:
        assert (await stream.next()).name == "state"
        assert await anext(stream.chunks) == ": still here\n\n"


@pytest.mark.anyio
async def test_a_stream_goes_on_when_the_database_was_away(lively: Office, tmp_path: Path) -> None:
    job = await lively.ordered()
    database, elsewhere = tmp_path / "jobs.db", tmp_path / "elsewhere.db"
    async with listening(lively) as client, followed(client, job) as stream:

        async def ask() -> int:
            return (await client.get(f"/train/{job}")).status_code

        await stream.next()
        database.rename(elsewhere)
        database.mkdir()
        await eventually(ask, lambda status: status == 503)
        problem(await client.get(f"/train/{job}/events"), 503)
        assert await anext(stream.chunks) == ": still here\n\n"
        database.rmdir()
        elsewhere.rename(database)
        await eventually(ask, lambda status: status == 200)
        await client.post(f"/train/{job}/cancel")
        (last,) = await stream.rest()
        assert last.data["state"] == "cancelled"


@pytest.mark.anyio
async def test_streams_end_when_the_service_is_told_to_stop(office: Office) -> None:
    job = await office.ordered()
    async with listening(office) as client, followed(client, job) as stream:
        await stream.next()
        office.app.state.shutdown.set()
        assert await stream.rest() == []


def histories() -> st.SearchStrategy[list[Job]]:
    """Snapshots of one job, as a follower may see them: a worker that died leaves one that begins further back."""
    steps = st.lists(st.integers(0, 8), min_size=1, max_size=6)

    def snapshots(body: tuple[list[int], str]) -> list[Job]:
        seen = [QUEUED]
        for step in body[0]:
            history = tuple((10 * n, 3.0 - n / 10, None if n % 2 else 3.1 - n / 10) for n in range(1, step + 1))
            seen.append(
                replace(QUEUED, state="running", revision=len(seen) + 1, step=10 * step, steps=80, history=history)
            )
        longest = max(seen, key=lambda job: job.step)
        return [*seen, replace(longest, state=body[1], revision=len(seen) + 1)]  # type: ignore[arg-type]

    return st.tuples(steps, st.sampled_from(["succeeded", "failed", "cancelled"])).map(snapshots)


@given(histories(), st.data())
def test_every_point_and_every_state_is_told_once_however_often_a_client_comes_back(
    seen: list[Job], data: st.DataObject
) -> None:
    position, points, states = Position(), [], []
    for job in seen:
        if data.draw(st.booleans()):
            continue  # not read just then
        for event in new_events(job, position):
            position = event.position
            points += [point[0] for point in event.points]
            states += [event.job.state] if event.name == "state" else []
            if data.draw(st.booleans()):  # the client loses its connection
                position = Position.parse(str(position), job)
                break
    for event in new_events(seen[-1], position):
        points += [point[0] for point in event.points]
        states += [event.job.state] if event.name == "state" else []
        position = event.position
    assert list(new_events(seen[-1], position)) == []
    assert points == [point[0] for point in seen[-1].history]
    assert states == sorted(set(states), key=states.index)
    assert states[-1] == seen[-1].state


@given(st.text() | st.from_regex(EVENT_ID))
def test_any_last_event_id_is_read(text: str) -> None:
    position = Position.parse(text, replace(QUEUED, revision=10**6))
    assert str(position) == str(Position()) or EVENT_ID.fullmatch(text)
