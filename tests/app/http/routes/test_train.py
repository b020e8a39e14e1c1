import struct
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.schemas.jobs import JobAnswer, JobsAnswer
from app.settings import Settings
from app.store.records import WITHDRAWN
from model.training.presets import PRESETS, short_list
from tests.support.admin import BEARER, LIST, NAMES, Office, administering
from tests.support.services import problem, serving

pytestmark = pytest.mark.anyio


FIELDS = {
    "id", "model", "state", "created", "started", "finished", "progress", "loss", "error", "version", "published",
    "promoted", "verdict", "report", "request",
}  # fmt: skip


PATHS = [
    ("POST", "/train"),
    ("POST", "/train/upload"),
    ("GET", "/train"),
    ("GET", "/train/0123"),
    ("GET", "/train/0123/events"),
    ("GET", "/train/0123/loss.png"),
    ("POST", "/train/0123/cancel"),
]


async def test_a_list_of_names_becomes_a_job(office: Office) -> None:
    answer = await office.client.post("/train", json={"model": "elves", "names": [*NAMES, "R2/D2", "Anna"]})
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/train/{job['id']}"
    assert job.keys() == FIELDS
    assert (job["model"], job["state"], job["version"], job["error"]) == ("elves", "queued", None, None)
    assert job["progress"] == {
        "step": 0, "steps": None, "phase": None, "fraction": 0, "names_per_second": None, "seconds_left": None,
        "drawn": [],
    }  # fmt: skip
    assert job["loss"] == {"train": None, "held_out": None, "history": []}
    assert (job["report"]["distinct"], job["report"]["duplicates"]) == (7, 1)
    assert [skipped["lines"] for skipped in job["report"]["skipped"]] == [[8]]
    assert datetime.now(UTC) - datetime.fromisoformat(job["created"]) < timedelta(minutes=1)
    assert (await office.client.get(answer.headers["location"])).json() == job
    JobAnswer.model_validate_json(answer.content)


async def test_jobs_are_listed_newest_first_a_page_at_a_time(tmp_path: Path, settings: Settings) -> None:
    async with administering(settings, tmp_path) as office:
        jobs = [await office.ordered(seed=seed) for seed in range(5)]
        await office.client.post(f"/train/{jobs[2]}/cancel")
        seen: list[str] = []
        path: str | None = "/train?limit=2"
        while path:
            answer = await office.client.get(path)
            JobsAnswer.model_validate_json(answer.content)
            page = answer.json()
            assert len(page["jobs"]) <= 2
            seen += [job["id"] for job in page["jobs"]]
            path = page["next"]
        assert seen == jobs[::-1]
        cancelled = (await office.client.get("/train?state=cancelled")).json()
        assert [job["id"] for job in cancelled["jobs"]] == [jobs[2]]
        assert cancelled["jobs"][0].keys() == FIELDS - {"loss", "report"}
        path = (await office.client.get("/train?state=queued&limit=3")).json()["next"]
        assert [job["id"] for job in (await office.client.get(path or "")).json()["jobs"]] == [jobs[0]]
        assert (await office.client.get("/train?before=nothing")).json() == {"jobs": [], "next": None}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "state=done", "page=2", f"before={'x' * 101}"])
async def test_a_list_is_asked_for_in_words_that_there_are(office: Office, query: str) -> None:
    assert problem(await office.client.get(f"/train?{query}"), 422)["errors"][0]["field"] == query.partition("=")[0]


async def test_a_job_tells_how_far_it_is(office: Office) -> None:
    job = await office.ordered()
    claim = await office.begun(job)
    plan = asdict(replace(short_list(60), epochs=3, steps=600))
    await office.store(lambda store: store.runs.plan(claim, plan))
    await office.progressed(claim, 100, 200, 300)
    reported = (await office.client.get(f"/train/{job}")).json()
    assert (reported["state"], reported["finished"]) == ("running", None)
    assert reported["started"] >= reported["created"]
    assert reported["progress"] == {
        "step": 300, "steps": 600, "phase": "fold 2 of 4", "fraction": 0.5, "names_per_second": 9000,
        "seconds_left": 1.5, "drawn": ["Aelin"],
    }  # fmt: skip
    assert reported["loss"] == {
        "train": 2.7,
        "held_out": 2.9,
        "history": [
            {"step": 100, "train": 2.9, "held_out": None},
            {"step": 200, "train": 2.8, "held_out": 2.9},
            {"step": 300, "train": 2.7, "held_out": None},
        ],
    }
    await office.published(claim)
    reported = JobAnswer.model_validate((await office.client.get(f"/train/{job}")).json())
    assert (reported.state, reported.version, reported.verdict) == ("succeeded", 1, "publish was always")
    told = (await office.client.get(f"/train/{job}")).json()
    assert (told["published"], told["promoted"]) == (True, True)
    assert (reported.progress.fraction, reported.progress.seconds_left) == (1, None)  # it may have stopped early
    assert reported.progress.drawn == []


async def test_a_version_that_is_only_kept_says_how_to_use_it(office: Office) -> None:
    job = await office.ordered(model="lv")
    await office.published(await office.begun(job), promote=False, verdict="it is worse")
    shown = (await office.client.get(f"/train/{job}")).json()
    use = 'PUT /models/lv/alias/champion {"version": 1}'
    assert shown["verdict"].startswith("it is worse. ")
    assert "draw from lv@1" in shown["verdict"]
    assert shown["verdict"].endswith(use)
    refused = problem(await office.client.get("/models/lv"), 404)
    assert "as in lv@1" in refused["detail"]
    assert refused["detail"].endswith(use)
    assert (await office.client.get("/sample?model=lv@1")).status_code == 200
    assert (await office.client.put("/models/lv/alias/champion", json={"version": 1})).status_code == 200
    assert (await office.client.get("/models/lv")).json()["version"] == 1


async def test_a_version_of_a_model_out_of_service_says_how_it_comes_back(office: Office) -> None:
    job = await office.ordered(model="liv")
    await office.published(await office.begun(job), promote=False, verdict=WITHDRAWN)
    verdict = (await office.client.get(f"/train/{job}")).json()["verdict"]
    assert verdict.startswith(WITHDRAWN)
    assert "draw from" not in verdict
    assert verdict.endswith('PUT /models/liv/alias/champion {"version": 1}')


async def test_a_job_that_failed_tells_why(office: Office) -> None:
    job = await office.ordered()
    claim = await office.begun(job)
    await office.store(lambda store: store.runs.fail(claim, "the loss stopped being a finite number"))
    reported = (await office.client.get(f"/train/{job}")).json()
    assert (reported["state"], reported["error"]) == ("failed", "the loss stopped being a finite number")
    answer = await office.client.post(f"/train/{job}/cancel")
    assert problem(answer, 409)["state"] == "failed"


@pytest.mark.parametrize("begin", [False, True])
async def test_a_job_is_cancelled_once_and_for_all(office: Office, begin: bool) -> None:
    job = await office.ordered()
    if begin:
        await office.begun(job)
    first, again = [await office.client.post(f"/train/{job}/cancel") for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["state"] == "cancelled"
    assert first.json()["finished"] is not None
    assert await office.store(lambda store: store.runs.content(job)) is None


@pytest.mark.parametrize("id", ["0123", "x" * 5000, "%00", "%C3%A9", "..%2f..", "'; drop table jobs"])
async def test_a_job_that_there_is_not_is_told_so(office: Office, id: str) -> None:  # noqa: A002
    for method, path in PATHS[3:]:
        reported = problem(await office.client.request(method, path.replace("0123", id)), 404)
        assert reported["type"] in {"/problems/unknown-job", "/problems/not-found"}
        assert len(reported["detail"]) < 200


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_a_stranger_is_told_nothing_else(settings: Settings, office: Office, method: str, path: str) -> None:
    nonsense: dict[str, Any] = {"content": b"{nonsense", "headers": {"Idempotency-Key": "x" * 999}}
    for query in ("", "?limit=x&state=y"):
        answer = await office.client.request(
            method, path + query, **nonsense | {"headers": {"Authorization": "Bearer wrong"}}
        )
        assert problem(answer, 401)["type"] == "/problems/unauthorized"
        assert "Bearer" in answer.headers["www-authenticate"]
    async with serving(settings) as client:
        answer = await client.request(method, path, **nonsense | {"headers": BEARER})
        assert problem(answer, 403)["type"] == "/problems/admin-disabled"


async def test_a_json_body_of_another_media_type_is_told_which_to_send(office: Office) -> None:
    answer = await office.client.post("/train", files={"file": ("n", LIST)})
    assert "application/json" in problem(answer, 415)["detail"]


async def test_without_a_database_training_is_refused_with_the_reason(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "file").touch()
    async with administering(settings, tmp_path / "file") as office:
        for method, path in PATHS:
            body: dict[str, Any] = {"json": {"model": "elves", "names": NAMES}} if path == "/train" else {}
            if path == "/train/upload":
                body = {"files": {"file": ("n", LIST)}, "data": {"model": "e"}}
            answer = await office.client.request(method, path, **body)
            assert problem(answer, 503)["type"] == "/problems/no-database"
            assert "retry-after" in answer.headers
        assert (await office.client.get("/sample")).status_code == 200


async def test_the_example_of_the_documentation_is_accepted_and_small(office: Office) -> None:
    document = (await office.client.get("/openapi.json")).json()
    examples = document["paths"]["/train"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    first = next(iter(examples.values()))["value"]
    answer = await office.client.post("/train", json=first)
    assert answer.status_code == 202
    assert answer.json()["report"]["distinct"] == 60
    assert PRESETS["default"](60).steps <= 600  # some seconds


async def test_the_bounds_are_documented(office: Office) -> None:
    document = (await office.client.get("/openapi.json")).json()
    fields = document["components"]["schemas"]["TrainRequest"]["properties"]
    assert [fields["hidden"]["anyOf"][0]["maximum"], fields["steps"]["anyOf"][0]["maximum"]] == [128, 2000]
    assert fields["names"]["anyOf"][0]["maxItems"] == 400
    sent = document["paths"]["/train/upload"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    form = document["components"]["schemas"][sent["$ref"].rpartition("/")[2]]
    assert form["properties"]["file"]["format"] == "binary"
    assert form["properties"].keys() == fields.keys() - {"names", "corpus"} | {"file"}
    assert form["properties"]["hidden"]["maximum"] == 128
    assert all(field["description"] for field in form["properties"].values())


async def test_the_loss_curve_is_a_picture(office: Office) -> None:
    job = await office.ordered()
    empty = await office.client.get(f"/train/{job}/loss.png")
    await office.progressed(await office.begun(job), *range(50, 601, 50))
    drawn = await office.client.get(f"/train/{job}/loss.png")
    for answer in (empty, drawn):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.headers["cache-control"] == "no-store"
        assert struct.unpack(">II", answer.content[16:24]) == (1200, 675)
    assert len(drawn.content) > len(empty.content)


async def test_who_asks_for_a_model_that_is_not_there_yet_is_told_of_its_training(fresh: Office) -> None:
    async def detail(path: str = "/sample?model=elves") -> str:
        return str(problem(await fresh.client.get(path), 404)["detail"])

    assert "training" not in await detail()
    job = await fresh.ordered()
    assert "there is no model 'elves' yet; a training of it is queued, and has not begun" in await detail()
    claim = await fresh.begun(job)
    assert "there is no model 'elves' yet; a training of it is under way" in await detail("/models/elves")
    assert "training" not in await detail("/sample?model=dwarves")
    await fresh.published(claim)
    assert (await fresh.client.get("/sample?model=elves")).status_code == 200
    await fresh.client.post(f"/train/{await fresh.ordered(model='dwarves')}/cancel")
    assert "training" not in await detail("/sample?model=dwarves")
