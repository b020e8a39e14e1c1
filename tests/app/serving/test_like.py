"""Names like others over HTTP, and the processes that learn them; with a small network that was hardly trained."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from rapidfuzz.distance import Levenshtein

from app.serving.capacity import Capacity
from app.serving.errors import AdaptationFailed
from app.serving.like import Adapter
from app.serving.like_process import NICENESS
from app.serving.style_cache import StyleCache
from app.settings import Settings
from model.artifact import styles_file
from model.training.pretraining import Pretraining
from model.training.styles import styles_of
from tests.support.processes import children, until
from tests.support.services import eventually, get_json, problem, serving, write_models
from tests.support.tiny import PRETRAINING, lists

pytestmark = pytest.mark.anyio

NAMES = ["Zirvalon", "Xandrovar", "Qelthavir", "Yndrazeth", "Vorzhalin"]
"""Which no list has, so that they are found wherever they leak."""

LIKE = "app.serving.like_process"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("weights")
    write_models(folder)
    pretraining = Pretraining(lists(), PRETRAINING, 0)
    styles_file.save(styles_of(pretraining, {}), folder / styles_file.FILE)
    return Settings(weights=folder)


@pytest.fixture(scope="module")
async def service(small: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(small) as client:
        yield client


async def ask(client: httpx.AsyncClient, names: list[str] = NAMES, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/sample", json={"like": names} | fields)
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


async def helpers() -> list[int]:
    """The processes that learn."""
    return children(os.getpid(), LIKE)


@pytest.fixture
async def stopped() -> AsyncIterator[Callable[[int], Awaitable[list[int]]]]:
    """Waits for so many processes that learn, and stops each when it is there, until the test is over."""
    seen: set[int] = set()

    async def look() -> list[int]:
        found = await helpers()
        for process in found:
            os.kill(process, signal.SIGSTOP)
        seen.update(found)
        return found

    async def stop(number: int) -> list[int]:
        return await eventually(look, lambda found: len(found) == number)

    yield stop
    for process in seen & set(await helpers()):
        os.kill(process, signal.SIGKILL)


async def test_the_answer_names_what_was_made_and_says_how_to_keep_it(service: httpx.AsyncClient) -> None:
    reported = await ask(service, seed="a", count=20)
    assert len(reported["names"]) == 20
    assert not {name.lower() for name in reported["names"]} & {name.lower() for name in NAMES}
    assert reported["model"].startswith("style:")
    assert len(reported["model"]) == len("style:") + 32
    assert reported["version"] is None
    assert "like" in reported["left_out"]
    assert "POST /train" in reported["note"]
    assert "15 minutes" in reported["note"]
    table = await service.post("/sample", json={"like": NAMES, "format": "csv"})
    assert table.headers["x-namewright-model"] == reported["model"]
    assert "x-namewright-version" not in table.headers


async def test_the_same_names_again_are_not_learned_again(service: httpx.AsyncClient) -> None:
    first = await ask(service, seed="b")
    assert await ask(service, NAMES[::-1], seed="b") == first
    named = await get_json(service, f"/sample?model={first['model']}&seed=b")
    assert named["names"] == first["names"]
    assert "note" not in named
    scored = await service.post("/score", json={"model": first["model"], "names": ["Zirvalon", "Anna"]})
    assert [score["in_training_list"] for score in scored.json()["scores"]] == [True, False]
    read = (await service.post("/explain", json={"model": first["model"], "prefix": "Zir"})).json()
    assert (read["model"], read["version"]) == (first["model"], None)
    assert [step["letter"] for step in read["steps"]] == [None, "z", "i", "r"]
    after = [step["next"][letter] for step, letter in zip(read["steps"], "zir", strict=False)]
    assert [each["mixture"] for each in after] == pytest.approx(
        [math.exp(letter["log_probability"]) for letter in scored.json()["scores"][0]["letters"][:3]], rel=1e-3
    )


async def test_concurrent_requests_with_the_same_names_learn_them_once(
    service: httpx.AsyncClient, stopped: Callable[[int], Awaitable[list[int]]]
) -> None:
    answers: list[str] = []

    async def one(names: list[str]) -> None:
        answers.append((await ask(service, names))["model"])

    async with anyio.create_task_group() as tasks:
        for turn in range(4):
            tasks.start_soon(one, [*NAMES[turn:], "Thrandovix", *NAMES[:turn]])
        (process,) = await stopped(1)
        os.kill(process, signal.SIGCONT)
    assert len(answers) == 4
    assert len(set(answers)) == 1


async def test_ordinary_draws_go_on_and_one_list_too_many_is_refused_at_once(
    small: Settings, stopped: Callable[[int], Awaitable[list[int]]]
) -> None:
    statuses: list[int] = []

    async def one(client: httpx.AsyncClient, name: str) -> None:
        statuses.append((await client.post("/sample", json={"like": [*NAMES, name]})).status_code)

    settings = small.model_copy(update={"sampling_threads": 1, "max_waiting": 2, "max_adaptations": 2})
    async with serving(settings) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(one, client, "Anna")
        tasks.start_soon(one, client, "Ben")
        learning = await stopped(2)
        for _ in range(5):
            assert (await client.get("/sample")).status_code == 200
        refused = await client.post("/sample", json={"like": [*NAMES, "Cleo"]})
        assert problem(refused, 503)["type"] == "/problems/over-capacity"
        assert refused.headers["retry-after"] == "2"
        for process in learning:
            os.kill(process, signal.SIGCONT)
    assert statuses == [200, 200]


def test_learning_has_a_lower_priority_than_answering() -> None:
    with subprocess.Popen([sys.executable, "-m", LIKE], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        least = min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
        until(lambda: os.getpriority(os.PRIO_PROCESS, process.pid) >= least, "a lower priority")  # it waits for names
        process.kill()


async def test_a_process_that_is_killed_is_started_once_more(
    service: httpx.AsyncClient, stopped: Callable[[int], Awaitable[list[int]]]
) -> None:
    answers: list[httpx.Response] = []

    async def one(name: str) -> None:
        answers.append(await service.post("/sample", json={"like": [*NAMES, name]}))

    async def kill() -> None:
        (process,) = await stopped(1)
        os.kill(process, signal.SIGKILL)
        await eventually(helpers, lambda found: process not in found)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one, "Killed")
        await kill()
    assert answers[0].status_code == 200
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one, "Twice")
        await kill()
        await kill()
    assert problem(answers[1], 503)["type"] == "/problems/over-capacity"
    assert answers[1].headers["retry-after"] == "5"
    await one("Twice")
    assert answers[2].status_code == 200


async def test_what_was_made_is_forgotten_after_its_time(small: Settings) -> None:
    async with serving(small.model_copy(update={"style_minutes": 0.3 / 60})) as client:
        model = (await ask(client, seed="a"))["model"]

        async def look() -> int:
            await anyio.sleep(0.4)
            return (await client.get(f"/sample?model={model}")).status_code

        await eventually(look, lambda status: status == 404)
        refused = problem(await client.get(f"/sample?model={model}"), 404)
        assert refused["type"] == "/problems/unknown-style"
        assert "like of POST /sample" in refused["detail"]
        assert (await ask(client, seed="a"))["model"] != model


async def test_it_can_be_turned_off(small: Settings, settings: Settings) -> None:
    for without in (small.model_copy(update={"like": False}), settings):
        async with serving(without) as client:
            refused = await client.post("/sample", json={"like": NAMES})
            assert problem(refused, 403)["type"] == "/problems/like-disabled"
            assert (await client.get("/sample")).status_code == 200


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"like": ["Anna", "Ben", "Anna"]}, "2 different names"),
        ({"like": ["Anna", "Ben", "Eva", "anna"]}, "names twice: 'Anna' (names 1, 4)"),
        ({"like": ["Anna", "Ben", "Борис"]}, "mixes scripts"),
        ({"like": ["Anna", "Ben", "a@b"]}, "'a@b' (name 3)"),
        ({"like": ["Anna", "Ben", "  "]}, "has 2 names"),
        ({"like": ["Anna", "Ben", "b" * 65]}, "more than 64 letters"),
        ({"like": ["Anna", "Ben"]}, "give at least 3"),
        ({"like": ["Anna"] * 201}, "give at most 200"),
        ({"like": NAMES, "model": "us-seed"}, "can't be combined with model"),
    ],
)
async def test_what_is_wrong_with_the_names_is_a_422_that_says_which(
    service: httpx.AsyncClient, fields: dict[str, Any], message: str
) -> None:
    reported = problem(await service.post("/sample", json=fields), 422)
    assert reported["type"] == "/problems/invalid-request"
    assert reported["errors"][0]["field"] == "like"
    assert message in reported["errors"][0]["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"suffix": "a"},
        {"pattern": "?a*", "seed": "s"},
        {"novel": True, "novel_distance": 1},
        {"keys": ["one", "two"]},
        {"avoid": {"seed": "s", "count": 3}, "seed": "s"},
        {"details": True, "count": 2},
        {"truncate": True, "max_length": 5},
        {"cast": True, "count": 4, "existing": ["Zora"]},
    ],
)
async def test_it_goes_with_what_other_draws_take(service: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    reported = await ask(service, temperature=2, **fields)
    assert reported["names"]
    if "novel" in fields:
        assert all(Levenshtein.distance(name.lower(), one.lower()) > 1 for name in reported["names"] for one in NAMES)


async def test_names_stand_in_no_query(service: httpx.AsyncClient) -> None:
    refused = problem(await service.get("/sample?like=anna"), 422)
    assert "POST" in refused["detail"]


async def test_no_model_is_called_like_what_is_made(service: httpx.AsyncClient) -> None:
    refused = problem(await service.get("/sample?model=style:0"), 404)
    assert refused["type"] == "/problems/unknown-style"


async def test_names_reach_no_log_and_no_metric(small: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(small.model_copy(update={"log_level": "debug", "max_adaptations": 1})) as client:
        reported = await ask(client, count=7)
        await client.get(f"/sample?model={reported['model']}")
        metrics = (await client.get("/metrics")).text
        models = (await client.get("/models")).text
    assert 'namewright_names_drawn_total{model="like"} 12.0' in metrics
    said = capsys.readouterr()
    for text in (metrics, models, said.err, said.out):
        assert reported["model"] not in text
        assert not any(name.lower() in text.lower() for name in NAMES)
    assert "request" in said.err


@pytest.mark.parametrize(
    ("script", "seconds", "reason"),
    [
        ("raise SystemExit(1)", 30.0, "'reason': ''"),
        (f"raise ValueError('{NAMES[0]}')", 30.0, "'reason': 'ValueError'"),
        ("import os; os.kill(os.getpid(), 9)", 30.0, "'reason': 'ended by SIGKILL'"),
        ("import time; time.sleep(60)", 0.2, "'error': 'the process took longer than 0.2 seconds'"),
    ],
)
async def test_a_process_that_fails_or_takes_too_long_is_a_refusal_whose_reason_is_logged(
    small: Settings, script: str, seconds: float, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    command = (sys.executable, "-c", script)
    adapter = Adapter(
        small.weights, Capacity(1, 1, 10), StyleCache(1, 60), most=1, command=command, timeout_seconds=seconds
    )
    with pytest.raises(AdaptationFailed):
        await adapter.adapt(NAMES)
    logged = [str(vars(record)) for record in caplog.records if record.message == "adaptation failed"]
    assert logged
    assert reason in logged[-1]
    assert not any(name in line for name in NAMES for line in logged)


async def test_a_process_that_cannot_be_started_is_a_refusal(small: Settings) -> None:
    adapter = Adapter(small.weights, Capacity(1, 1, 10), StyleCache(1, 60), most=1, command=("/nothing",))
    with pytest.raises(AdaptationFailed):
        await adapter.adapt(NAMES)


async def test_a_damaged_network_is_a_refusal_and_is_logged(
    small: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_models(tmp_path)
    (tmp_path / styles_file.FILE).write_bytes(b"nothing")
    adapter = Adapter(tmp_path, Capacity(1, 1, 10), StyleCache(1, 60), most=1)
    async with serving(small):
        with pytest.raises(AdaptationFailed):
            await adapter.adapt(NAMES)
    assert styles_file.FILE in capsys.readouterr().err


async def test_a_service_that_stops_leaves_no_process_behind(
    small: Settings, stopped: Callable[[int], Awaitable[list[int]]]
) -> None:
    cache = StyleCache(1, 60)
    adapter = Adapter(small.weights, Capacity(1, 1, 10), cache, most=1)

    async def one() -> None:
        with pytest.raises(BaseException):  # noqa: B017, PT011 - cancelled with its work
            await adapter.adapt(NAMES)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one)
        await stopped(1)
        await adapter.close()
        tasks.cancel_scope.cancel()
    assert await eventually(helpers, lambda found: not found) == []
    assert len(cache) == 0
