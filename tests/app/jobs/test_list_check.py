import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from app.jobs.errors import ListCheckFailed
from app.jobs.list_check import LONG_LIST_BYTES, ListChecker
from app.jobs.list_check_process import check_list
from app.settings import Settings
from model.corpus.bundled import bundled_path
from model.errors import BadCorpus
from tests.support.admin import Office, administering
from tests.support.services import eventually

pytestmark = pytest.mark.anyio

LONG = b"".join(b"%sa\n" % bytes([97 + n % 26, 97 + n // 26 % 26, 97 + n // 676 % 26]) for n in range(10_000))


def children() -> list[int]:
    """The processes that check lists."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"app.jobs.list_check_process" in command:
            found.append(int(folder.name))
    return found


async def some_child() -> list[int]:
    return children()


@pytest.mark.parametrize("content", [LONG, b"Anna\nBen\nZo\xc3\xab\n1"])
async def test_a_list_is_looked_over_the_same_way_however_long_it_is(content: bytes) -> None:
    found, here = await ListChecker().check("file", "elves", content), check_list("file", "elves", content)
    assert (found.letters, found.to_learn) == (here.letters, here.to_learn)
    assert json.loads(json.dumps(found.report)) == json.loads(json.dumps(here.report))
    assert len(LONG) > LONG_LIST_BYTES


async def test_what_is_wrong_with_a_long_list_is_told_as_with_a_short_one() -> None:
    content = b"-\n" + b"1\n" * LONG_LIST_BYTES
    with pytest.raises(BadCorpus) as here:
        check_list("file", "elves", content)
    with pytest.raises(BadCorpus) as there:
        await ListChecker().check("file", "elves", content)
    assert (str(there.value), there.value.line) == (str(here.value), here.value.line)


async def test_a_bundled_list_is_looked_over_once() -> None:
    checker = ListChecker()
    first = await checker.check("bundled", "german-girls", None)
    assert await checker.check("bundled", "german-girls", None) is first
    content = bundled_path("german-girls").read_bytes()
    assert first.report["names"] == check_list("file", "german-girls", content).report["names"]


async def test_where_there_is_no_room_for_a_process_the_list_may_come_again() -> None:
    for command in (["/nothing"], [sys.executable, "-c", "raise SystemExit(1)"]):
        with pytest.raises(ListCheckFailed) as refused:
            await ListChecker(command=command).check("file", "elves", LONG)
        assert refused.value.retry_after_seconds == 5


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_long_lists_leave_the_threads_that_draw_alone_and_too_many_are_refused(
    tmp_path: Path, settings: Settings
) -> None:
    bounds = {"sampling_threads": 1, "max_waiting": 0, "worker": "none"}
    statuses: list[int] = []

    async def upload(office: Office) -> None:
        answer = await office.upload(LONG, model="elves")
        statuses.append(answer.status_code)
        if answer.status_code == 503:
            assert "retry-after" in answer.headers

    async with administering(settings, tmp_path, **bounds) as office, anyio.create_task_group() as tasks:
        office.app.state.training = replace(office.app.state.training, list_checker=ListChecker(max_waiting=1))
        for _ in range(3):
            tasks.start_soon(upload, office)
        (child,) = await eventually(some_child, lambda found: len(found) == 1)
        os.kill(child, signal.SIGSTOP)
        try:
            for _ in range(5):
                assert (await office.client.get("/sample")).status_code == 200
            await eventually(lambda: _told(statuses), lambda body: body == [503])
        finally:
            os.kill(child, signal.SIGCONT)
    assert sorted(statuses) == [202, 202, 503]


async def _told(statuses: list[int]) -> list[int]:
    return statuses


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_who_no_longer_waits_leaves_no_process_behind() -> None:
    with anyio.move_on_after(0.1):
        await ListChecker().check("file", "elves", LONG * 10)
    assert await eventually(some_child, lambda found: not found) == []
