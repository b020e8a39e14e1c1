import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.jobs.list_check import ListChecker
from app.jobs.repeats import Repeats
from app.settings import Settings
from app.store.records import Job
from tests.support.admin import BEARER, NAMES, QUEUED, Office, administering
from tests.support.services import listening_on_socket, problem

pytestmark = pytest.mark.anyio

LONG = "".join(f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}a\n" for n in range(12_000)).encode()
"""A list that a process of its own looks at."""

POSTS = 30
FULL = ListChecker(max_waiting=-1)
"""It looks at no list: all its places are taken."""


async def posted(office: Office, content: bytes, key: str) -> list[tuple[int, str, bool]]:
    """Status, job and whether it was there before of many uploads at once, on sockets of their own."""
    async with listening_on_socket(office.app, BEARER) as client:
        form: dict[str, Any] = {"files": {"file": ("elves.txt", content)}, "data": {"model": "elves"}}
        headers = {"Idempotency-Key": key}
        answers = await asyncio.gather(*(client.post("/train/upload", **form, headers=headers) for _ in range(POSTS)))
    return [
        (answer.status_code, answer.json().get("id", ""), "idempotency-replayed" in answer.headers)
        for answer in answers
    ]


async def test_a_list_that_is_sent_many_times_at_once_with_one_key_is_one_training(
    tmp_path: Path, settings: Settings
) -> None:
    async with administering(settings, tmp_path, worker="none") as office:
        first = await posted(office, LONG, "elves-1")
        assert {status for status, _, _ in first} == {202}
        assert len({job for _, job, _ in first}) == 1
        assert sorted(is_replayed for _, _, is_replayed in first) == [False] + [True] * (POSTS - 1)
        again = await posted(office, LONG, "elves-1")
        assert {(job, is_replayed) for _, job, is_replayed in again} == {(first[0][1], True)}


async def test_what_was_accepted_is_found_without_a_look_at_its_list_or_at_what_it_started_from(
    tmp_path: Path, settings: Settings
) -> None:
    async with administering(settings, tmp_path, worker="none") as office:
        asked: dict[str, Any] = {
            "json": {"model": "elves", "names": NAMES, "from": "us"},
            "headers": {"Idempotency-Key": "once"},
        }
        before = await office.client.post("/train", **asked)
        assert before.status_code == 202
        object.__setattr__(office.app.state.training, "list_checker", FULL)
        office.app.state.registry.models = office.app.state.registry.models.without("us")
        after = await office.client.post("/train", **asked)
        assert (after.status_code, after.json()["id"]) == (202, before.json()["id"])
        other = await office.client.post("/train", **asked | {"headers": {"Idempotency-Key": "twice"}})
        assert problem(other, 404)["type"] == "/problems/unknown-model"
        reused = await office.client.post("/train", **asked | {"json": {"model": "dwarves", "names": NAMES}})
        assert problem(reused, 422)["type"] == "/problems/idempotency-key-reused"


async def test_a_list_that_is_refused_is_refused_to_all_that_sent_it(tmp_path: Path, settings: Settings) -> None:
    async with administering(settings, tmp_path, worker="none") as office:
        assert {status for status, _, _ in await posted(office, b"-\n" + b"1\n" * 40_000, "wrong")} == {422}
        assert {status for status, _, _ in await posted(office, LONG, "wrong")} == {202}  # nothing has the key


async def test_requests_with_one_key_that_differ_are_looked_at_one_after_the_other() -> None:
    repeats = Repeats()
    order: list[str] = []

    async def work(name: str) -> tuple[Job, bool]:
        order.append(f"{name} begins")
        await asyncio.sleep(0.01)
        order.append(f"{name} ends")
        return QUEUED, True

    asked = [("a", "1"), ("a", "1"), ("b", "1"), ("a", "2")]  # fingerprints and keys
    found = await asyncio.gather(*(repeats.submit(key, name, partial(work, name)) for name, key in asked))
    assert [is_new for _, is_new in found] == [True, False, True, True]
    assert [entry for entry in order if entry.startswith("b")] == ["b begins", "b ends"]
    assert order.index("a ends") < order.index("b begins")


async def test_the_first_client_may_leave_and_the_others_get_their_answer() -> None:
    repeats, may_end = Repeats(), asyncio.Event()

    async def work() -> tuple[Job, bool]:
        await may_end.wait()
        return QUEUED, True

    first, second = (asyncio.create_task(repeats.submit("k", "f", work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    may_end.set()
    assert await second == (QUEUED, False)
    with pytest.raises(asyncio.CancelledError):
        await first
