import json
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPMethod
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi.exceptions import RequestValidationError

from app.http.errors import EdgeError
from app.http.openapi import EXAMPLES
from app.http.problems import TABLE, problem_of
from app.jobs.errors import JobError
from app.serving.errors import ServingError
from app.settings import Settings
from app.store.errors import NoSuchVersion, Outage, StoreError, Superseded
from model.errors import InvalidFile, NameModelError, TrainingDiverged, UnknownLetter
from tests.support.admin import administering
from tests.support.services import get_json, listening_on_socket, problem

pytestmark = pytest.mark.anyio


FAMILIES = (NameModelError, StoreError, ServingError, JobError, EdgeError)
NOT_FOR_CLIENTS = {
    InvalidFile: "a bundled file ends the start, a stored one is a DamagedVersion; otherwise the service is broken",
    TrainingDiverged: "a worker raises it, and the job fails with its text",
    Outage: "`AsyncStore` raises StoreAway instead",
    Superseded: "a worker raises it, and abandons the job",
    NoSuchVersion: "the model service translates it to UnknownVersion, which names the versions that there are",
}


def concrete(error: type[Exception]) -> Iterator[type[Exception]]:
    """The exceptions of a family that are raised: those without subclasses."""
    children = error.__subclasses__()
    for child in children:
        yield from concrete(child)
    if not children:
        yield error


def test_every_error_has_a_row_or_a_reason_to_have_none() -> None:
    errors = [error for family in FAMILIES for error in concrete(family)]
    assert len(errors) > 25
    reasons = tuple(NOT_FOR_CLIENTS)
    without = [error for error in errors if error not in TABLE and not issubclass(error, reasons)]
    assert without == []
    assert {*TABLE} - {*errors} == {RequestValidationError}


def test_no_two_kinds_share_a_slug() -> None:
    kinds = {row.kind for row in TABLE.values()}
    assert len({kind.slug for kind in kinds}) == len(kinds)


def test_the_problem_of_an_error_has_its_data() -> None:
    problem = problem_of(EXAMPLES[UnknownLetter])
    assert (problem.kind.status, problem.body["letters"]) == (422, ("a", "b", "c"))


def test_a_problem_is_json_whatever_it_repeats() -> None:
    error = RequestValidationError([{"type": "x", "loc": ("\ud800",), "msg": "é \x00 \n"}])
    assert json.loads(bytes(problem_of(error).to_response().body)) == {
        "type": "/problems/invalid-request",
        "title": "The request is not valid",
        "status": 422,
        "detail": "\ud800: é \x00 \n",
        "errors": [{"field": "\ud800", "message": "é \x00 \n"}],
    }


@pytest.mark.parametrize("path", ["/nothing", "/docs-assets/nothing", "/models/us/x", "/%00", "/" + "x" * 5000])
async def test_an_unknown_path_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    reported = problem(await client.get(path), 404)
    assert reported["type"] in {"/problems/not-found", "/problems/unknown-model"}
    assert len(reported["detail"]) < 200


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/sample", "GET, POST"),
        ("/score", "POST"),
        ("/explain", "POST"),
        ("/report", "POST"),
        ("/models/us", "DELETE, GET, HEAD"),
        ("/models/us/alias/champion", "DELETE, PUT"),
        ("/models/us/versions/1/weights", "GET, HEAD"),
        ("/health/live", "GET, HEAD"),
        ("/docs", "GET, HEAD"),
        ("/docs-assets/sample", "GET, HEAD"),
        ("/train/upload", "POST"),
    ],
)
async def test_another_method_is_told_all_that_the_path_has(client: httpx.AsyncClient, path: str, allowed: str) -> None:
    answer = await client.patch(path)
    assert problem(answer, 405)["type"] == "/problems/method-not-allowed"
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/health/live", "/health/ready", "/models", "/models/us"]
)
async def test_what_costs_nothing_and_does_nothing_answers_head(client: httpx.AsyncClient, path: str) -> None:
    got, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, got.headers["content-length"])


@pytest.mark.parametrize("method", ["BREW", "X" * 500])
async def test_a_method_that_nobody_knows_is_a_problem(client: httpx.AsyncClient, method: str) -> None:
    problem(await client.request(method, "/score"), 405)


async def test_wrong_fields_are_listed_with_what_stood_there(client: httpx.AsyncClient) -> None:
    reported = problem(await client.post("/sample", json={"count": "5", "start": [1], "min_length": 0}), 422)
    assert {(wrong["field"], wrong["value"]) for wrong in reported["errors"]} == {
        ("count", "5"),
        ("start", "[1]"),
        ("min_length", "0"),
    }


@pytest.mark.parametrize(
    ("path", "body", "field", "advice"),
    [
        ("/sample", {"bogus": [1], "count": 0}, "bogus", "there is no such field; there are: model, start, max_length"),
        ("/sample?count=3", {}, "count", "send a JSON object"),
        ("/sample", [], "body", "send a JSON object"),
        ("/score", {}, "names", "it must be given"),
        ("/score", {"names": "anna"}, "names", "send a JSON array"),
        ("/score", {"names": []}, "names", "give at least 1"),
        ("/score", {"names": ["a"] * 1001}, "names", "give at most 1000"),
        ("/score", {"names": ["anna", ""]}, "names.1", "give at least 1 letter"),
        ("/score", {"names": [" \u00a0"]}, "names.0", "give at least 1 letter"),
    ],
)
async def test_a_wrong_field_is_told_what_to_send(
    client: httpx.AsyncClient, path: str, body: object, field: str, advice: str
) -> None:
    reported = problem(await client.post(path, json=body), 422)
    (wrong,) = reported["errors"]
    assert wrong["field"] == field
    assert advice in wrong["message"]
    assert ("value" in wrong) == (advice != "it must be given")
    assert reported["detail"] == f"{field}: {wrong['message']}"


@pytest.mark.parametrize(
    "body",
    [
        {"start": "a" * 60_000, "count": [["deep"] * 100] * 70},
        {"x" * 100_000: "y" * 20_000},
        {"start": "a" * 60_000} | {f"x{n}": n for n in range(4_000)},
        {"names": [1] * 40_000},
    ],
    ids=["values", "names", "many names", "many values"],
)
@pytest.mark.parametrize("path", ["/sample", "/score"])
async def test_what_is_wrong_is_never_repeated_at_length(client: httpx.AsyncClient, path: str, body: object) -> None:
    reported = problem(await client.post(path, json=body), 422)
    assert len(reported["errors"]) <= 10


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"count": }',
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 10_000,
        b'{"count": ' + b"1" * 5_000 + b"}",
    ],
)
async def test_a_body_that_is_not_json_is_a_problem(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/sample", content=body, headers={"Content-Type": "application/json"})
    assert "send a JSON object" in problem(answer, 422)["detail"]


@pytest.mark.parametrize("media_type", ["APPLICATION/JSON; charset=utf-8", "application/vnd.api+json"])
async def test_json_by_another_spelling_is_json(client: httpx.AsyncClient, media_type: str) -> None:
    for body, status in ((b"{}", 200), (b"[]", 422)):
        answer = await client.post("/sample", content=body, headers={"Content-Type": media_type})
        assert answer.status_code == status


async def test_a_refusal_is_not_kept_by_caches(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sample?model=elves")
    assert problem(answer, 404)
    assert answer.headers["cache-control"] == "no-store"


async def test_nothing_leads_to_where_the_host_header_says(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sample/", headers={"Host": "elsewhere.example"})
    assert problem(answer, 404)
    assert "location" not in answer.headers


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_without_the_media_type_of_json_is_told_which_to_send(
    client: httpx.AsyncClient, media_type: str
) -> None:
    answer = await client.post("/sample", content=b"{}", headers={"Content-Type": media_type})
    assert "Content-Type: application/json" in problem(answer, 415)["detail"]


@pytest.mark.no_cover
async def test_each_method_of_each_path_is_answered_or_else_not_allowed(settings: Settings, tmp_path: Path) -> None:
    async with administering(settings, tmp_path) as office:
        documented = (await get_json(office.client, "/openapi.json"))["paths"]
        for path in [*documented, "/", "/docs", "/openapi.json", "/favicon.ico", "/docs-assets/swagger-ui.css"]:
            address = path.format(name="us", version=0, id="0" * 32)
            answers = {str(method): await office.client.request(method, address) for method in HTTPMethod}
            refused = {method for method, answer in answers.items() if answer.status_code == 405}
            allowed = {answers[method].headers["allow"] for method in refused}
            assert allowed == {", ".join(method for method in answers if method not in refused)}, path
            assert {method.upper() for method in documented.get(path, {})} <= answers.keys() - refused


async def ask(client: httpx.AsyncClient, head: str) -> bytes:
    """The bytes that are answered to a head."""
    answer = b""
    async with await anyio.connect_tcp(client.base_url.host, client.base_url.port or 0) as connection:
        await connection.send(head.encode())
        with suppress(anyio.EndOfStream):
            while True:
                answer += await connection.receive()
    return answer


async def test_a_request_names_one_host(settings: Settings, tmp_path: Path) -> None:
    cases = {("1.1", 1): 200, ("1.1", 0): 400, ("1.1", 2): 400, ("1.0", 0): 200, ("1.0", 1): 200, ("1.0", 2): 400}
    async with administering(settings, tmp_path) as office, listening_on_socket(office.app) as client:
        for (version, hosts), status in cases.items():
            for path in ("/sample", "/health/live"):
                host = "Host: service\r\n" * hosts
                answer = await ask(client, f"GET {path} HTTP/{version}\r\n{host}Connection: close\r\n\r\n")
                assert answer.startswith(f"HTTP/1.1 {status} ".encode()), (version, hosts, path)
                assert (b"application/problem+json" in answer) is (status == 400)
                assert (b"/problems/invalid-host" in answer) is (status == 400)


@pytest.mark.parametrize("wanted", ["bytes=999999999-", "bytes=5-2", "bytes=", "bytes=x-y", "bytes"])
async def test_a_range_that_a_file_does_not_have_is_a_problem(client: httpx.AsyncClient, wanted: str) -> None:
    asset = "/docs-assets/swagger-ui.css"
    size = len((await client.get(asset, headers={"Accept-Encoding": "identity"})).content)
    answer = await client.get(asset, headers={"Range": wanted})
    if wanted == "bytes=999999999-":
        assert answer.headers["content-range"] == f"bytes */{size}"
    assert problem(answer, 416)["type"] == "/problems/invalid-range"


async def test_a_range_that_a_file_has_is_sent_and_one_in_another_unit_ignored(client: httpx.AsyncClient) -> None:
    asset = "/docs-assets/swagger-ui.css"
    whole = await client.get(asset)
    part = await client.get(asset, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    for wanted in ("letters=2-5", "", "2-5"):
        answer = await client.get(asset, headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (200, whole.content)
