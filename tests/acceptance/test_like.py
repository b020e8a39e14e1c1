"""Names like others from a real service, with the network that comes with the software."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest

from benchmarks.short_lists import load
from tests.support.processes import Process, children, is_alive, started, until

pytestmark = pytest.mark.slow

NAMES = next(one for one in load() if one.name == "elvish").train(20)
LIKE = "app.serving.like_process"


def ask(service: Process, **fields: Any) -> dict[str, Any]:
    with service.client() as client:
        answer = client.post("/sample", json={"like": NAMES, **fields})
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


def test_fresh_processes_draw_the_same_thousand_names_none_of_them_given() -> None:
    drawn = []
    for _ in range(2):
        with started({}) as service:
            drawn.append(ask(service, seed="elves", count=1000))
            assert not any(name.lower() in service.log.lower() for name in NAMES)
    first, second = drawn
    assert first["names"] == second["names"]
    assert len(set(first["names"])) == 1000
    assert not {name.lower() for name in first["names"]} & {name.lower() for name in NAMES}
    assert first["model"] != second["model"]


def test_a_service_that_is_told_to_stop_leaves_no_process_behind() -> None:
    with started({}) as service, ThreadPoolExecutor(1) as threads:
        assert service.port

        def post() -> None:
            with suppress(httpx.HTTPError):
                ask(service)

        threads.submit(post)
        (process,) = until(lambda: children(service.process.pid, LIKE), "a process that learns", pause=0.01)
        os.kill(process, signal.SIGSTOP)
        assert service.stop() == 0
        until(lambda: not is_alive(process), "the end of the process")
