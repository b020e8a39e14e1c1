"""Whatever is asked, the answer is names, scores, a training or a problem."""

import json
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.schemas.explanation import ExplainFields
from app.schemas.sample import SampleFields, ScoreFields
from app.schemas.train import TrainRequestFields
from app.settings import Settings
from tests.support.admin import LIST, NAMES, Office, administering
from tests.support.services import problem

pytestmark = [pytest.mark.anyio, pytest.mark.no_cover]  # hundreds of requests; other tests run the same lines

FIELDS = sorted({*SampleFields.model_fields, *ScoreFields.model_fields, *ExplainFields.model_fields, "sufix"})
SENSE = ["", "1", "5", "0.5", "true", "us", "us@0", "a", "é", "json", "csv", "ndjson", "2-3", "a*", "[ab]+c?"]
QUERIES = st.lists(
    st.tuples(st.sampled_from(FIELDS) | st.text(), st.sampled_from(SENSE) | st.text() | st.integers().map(str)),
    max_size=5,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(SENSE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=9), VALUES, max_size=5) | VALUES
patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        assert 400 <= answer.status_code < 500, answer.text
        problem(answer, answer.status_code)


@patient
@given(QUERIES)
async def test_any_query_is_answered(client: httpx.AsyncClient, query: list[tuple[str, str]]) -> None:
    asked = "&".join(
        f"{quote(name, safe='', errors='replace')}={quote(value, safe='', errors='replace')}" for name, value in query
    )
    check(await client.get(f"/sample?{asked}"))


@patient
@given(st.binary())
async def test_any_bytes_as_a_query_are_answered(client: httpx.AsyncClient, query: bytes) -> None:
    check(await client.get(f"/sample?{quote(query)}&start={quote(query)}"))


@patient
@given(st.sampled_from(["/sample", "/score", "/explain", "/report"]), BODIES)
async def test_any_json_is_answered(client: httpx.AsyncClient, path: str, body: object) -> None:
    content = json.dumps(body).encode()
    check(await client.post(path, content=content, headers={"Content-Type": "application/json"}))


@patient
@given(
    st.sampled_from(["/sample", "/score", "/explain", "/report"]),
    st.binary(),
    st.sampled_from(["application/json", "text/csv", ""]),
)
async def test_any_body_is_answered(client: httpx.AsyncClient, path: str, body: bytes, media_type: str) -> None:
    check(await client.post(path, content=body, headers={"Content-Type": media_type}))


@patient
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
async def test_any_accept_header_is_answered(client: httpx.AsyncClient, accept: str) -> None:
    check(await client.get("/sample", headers={"Accept": accept}))


TRAIN_FIELDS = sorted({*(field.alias or name for name, field in TrainRequestFields.model_fields.items()), "hiden"})
TRAIN_SENSE = ["", "0", "1", "5", "0.5", "true", "us", "us@0", "elves", "default", "seed", "adam", "sgd", "never", "é"]
TRAIN_VALUES = (
    VALUES
    | st.sampled_from(TRAIN_SENSE)
    | st.integers(0, 300)
    | st.floats(0, 9)
    | st.lists(st.sampled_from(NAMES) | st.text(max_size=9), max_size=9)
)
TRAINABLE = {"model": "elves", "names": NAMES}
TRAININGS = st.dictionaries(st.sampled_from(TRAIN_FIELDS), TRAIN_VALUES, max_size=4).map(TRAINABLE.__or__) | BODIES
PARTS = st.lists(
    st.tuples(st.sampled_from(["file", *TRAIN_FIELDS]), st.sampled_from(TRAIN_SENSE) | st.text(), st.booleans()),
    max_size=5,
)
IDS = st.text() | st.sampled_from(["upload", "0123", "", ".", ".."]) | st.binary().map(lambda b: b.decode("latin-1"))


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> AsyncIterator[Office]:
    async with administering(settings, tmp_path_factory.mktemp("jobs"), max_queue=10**6) as office:
        yield office


def check_training(answer: httpx.Response) -> None:
    if answer.status_code == 202:
        assert answer.json()["state"] == "queued"
    else:
        check(answer)


@patient
@given(TRAININGS)
async def test_any_training_is_answered(office: Office, body: object) -> None:
    content = json.dumps(body).encode()
    check_training(await office.client.post("/train", content=content, headers={"Content-Type": "application/json"}))


@patient
@given(st.binary(), st.sampled_from(["application/json", "multipart/form-data; boundary=b", ""]))
async def test_any_bytes_as_a_training_are_answered(office: Office, body: bytes, media_type: str) -> None:
    for path in ("/train", "/train/upload"):
        check_training(await office.client.post(path, content=body, headers={"Content-Type": media_type}))


@patient
@given(PARTS, st.binary() | st.just(LIST), st.sampled_from(["", "; charset=utf-16", "; charset=\x7f", "; boundary=c"]))
async def test_any_form_is_answered(office: Office, parts: list[tuple[str, str, bool]], file: bytes, more: str) -> None:
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{quote(name)}"{"; filename=x" * is_file}\r\n\r\n'.encode()
        + (file if name == "file" else value.encode(errors="replace"))
        + b"\r\n"
        for name, value, is_file in parts
    )
    headers = {"Content-Type": f"multipart/form-data; boundary=b{more}"}
    for content in (body + b"--b--\r\n", body):
        check_training(await office.client.post("/train/upload", content=content, headers=headers))


@patient
@given(st.text(), st.sampled_from(["utf-8", "latin-1", "utf-16"]))
async def test_any_file_is_answered(office: Office, text: str, encoding: str) -> None:
    check_training(await office.upload(text.encode(encoding, errors="replace"), model="elves"))


@patient
@given(IDS, st.text(st.characters(min_codepoint=32, max_codepoint=126)))
async def test_any_id_is_answered(office: Office, job: str, last_event_id: str) -> None:
    path = f"/train/{quote(job, safe='', errors='replace')}"
    check(await office.client.get(path))
    check(await office.client.get(f"{path}/events", headers={"Last-Event-ID": last_event_id}))
    check(await office.client.post(f"{path}/cancel"))
    check(await office.client.get(f"/train?before={quote(job, safe='', errors='replace')}"))


@patient
@given(st.binary(max_size=300), st.binary(max_size=300).filter(lambda value: not set(value) & set(b"\r\n\0")))
async def test_any_token_and_any_key_are_answered(office: Office, token: bytes, key: bytes) -> None:
    sent = bytes(set(token) - set(b"\r\n\0"))
    headers = [(b"Idempotency-Key", key)]
    check_training(await office.client.post("/train", json=TRAINABLE, headers=headers))
    answer = await office.client.get("/train", headers=[(b"Authorization", b"Bearer " + sent)])
    problem(answer, 401)
