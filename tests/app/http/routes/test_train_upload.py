import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.types import Message

from app.schemas.like import ELVES
from app.settings import Settings
from model.corpus.corpus import Corpus
from model.corpus.report import report
from tests.support.admin import BEARER, JSON, LIST, NAMES, Office, administering
from tests.support.services import problem

pytestmark = pytest.mark.anyio


FORM_HEADERS = {"Content-Type": "multipart/form-data; boundary=b"}


FORM = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'


FILE = (b"file", b'; filename="n"', LIST)


PRIVATE = "Xanthippe"


def form(*parts: tuple[bytes, bytes, bytes]) -> bytes:
    return b"".join(FORM % part for part in parts) + b"--b--\r\n"


def aiter_of(content: bytes) -> AsyncIterator[bytes]:
    class Chunks:
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for start in range(0, len(content), 1000):
                yield content[start : start + 1000]

    return Chunks()  # type: ignore[return-value]


@pytest.mark.parametrize(
    "content", [LIST, b"name,count\n" + b",3\n".join(LIST.split()) + b",3\n", b"\xef\xbb\xbf" + LIST]
)
async def test_a_file_is_the_same_as_a_list(office: Office, content: bytes) -> None:
    answer = await office.upload(content, model="elves", hidden="24", public_membership="true", seed="", epochs="3")
    job = answer.json()
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/train/{job['id']}"
    assert (job["report"]["distinct"], job["request"]["hyperparameters"]) == (7, {"hidden": 24})
    assert (job["request"]["source"], job["request"]["epochs"], job["request"]["seed"]) == ("file", 3, 0)
    assert job["request"]["public_membership"] is True
    assert await office.store(lambda store: store.runs.content(job["id"])) == content


async def test_a_form_chooses_the_network(office: Office) -> None:
    fields = {"cell": "gru", "layers": "2", "dropout": "0.25", "recurrent_dropout": "0", "between_dropout": "0.5"}
    answer = await office.upload(LIST, model="elves", ngram="false", language="Sindarin", **fields)
    assert answer.status_code == 202, answer.text
    request = answer.json()["request"]
    assert request["hyperparameters"] == {
        "cell": "gru", "layers": 2, "dropout": 0.25, "recurrent_dropout": 0, "between_dropout": 0.5, "ngram": False,
    }  # fmt: skip
    assert (request["language"], request["kind"]) == ("Sindarin", None)


async def test_lines_that_are_left_out_are_told_by_their_numbers(office: Office) -> None:
    job = (await office.upload(b"name;count\n" + b";2\n".join(LIST.split()) + b"\nR2/D2\n", model="elves")).json()
    assert [(skipped["count"], skipped["lines"]) for skipped in job["report"]["skipped"]] == [(1, [1]), (1, [9])]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "model"),
        ({"model": "elves", "hidden": "many"}, "hidden"),
        ({"model": "elves", "names": "Anna"}, "unknown field"),
        ({"model": "elves", "corpus": "us"}, "unknown field"),
        ({"model": "elves", "steps": "9", "epochs": "9"}, "steps"),
        ({"model": "elves", "hidden": "129"}, "hidden"),
        ({"model": "elves", "batch": "1"}, "batch"),
        ({"model": "a/b"}, "model"),
        ({"model": "elves", "cell": "lstm"}, "cell"),
        ({"model": "elves", "layers": "5"}, "layers"),
        ({"model": "elves", "dropout": "much"}, "dropout"),
        ({"model": "elves", "recurrent_dropout": "1"}, "recurrent_dropout"),
        ({"model": "elves", "between_dropout": "nan"}, "between_dropout"),
        ({"model": "elves", "ngram": "perhaps"}, "ngram"),
        ({"model": "elves", "kind": "elves"}, "kind"),
        ({"model": "elves", "public_membership": "perhaps"}, "public_membership"),
    ],
)
async def test_a_wrong_field_of_a_form_is_named_too(office: Office, fields: dict[str, str], field: str) -> None:
    reported = problem(await office.upload(LIST, **fields), 422)
    assert [wrong["field"] for wrong in reported["errors"]] == [field]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Zoë".encode("utf-16"), "UTF-16"),
        (b"Anna\n\x00", "binary"),
        ("Anna\nBen\nZoë".encode("latin-1"), "0xeb is not UTF-8"),
    ],
)
async def test_a_file_that_is_no_text_is_told_what_it_is_and_where(office: Office, content: bytes, reason: str) -> None:
    reported = problem(await office.upload(content, model="elves"), 422)
    assert reason in reported["detail"]
    assert reported["line"] in (1, 2, 3)


async def test_lists_may_be_larger_than_other_bodies_up_to_a_limit(tmp_path: Path, settings: Settings) -> None:
    async with administering(settings, tmp_path, max_body_bytes=100, max_upload_bytes=5000) as office:
        assert (await office.client.post("/train", json={"model": "e", "names": ELVES})).status_code == 202
        assert (await office.upload("\n".join(ELVES).encode(), model="e")).status_code == 202
        problem(await office.client.post("/score", json={"names": ["anna"] * 100}), 413)
        large = form((b"file", b'; filename="n"', b"x" * 5000))
        for content in (large, aiter_of(large)):
            for path in ("/train", "/train/upload"):
                reported = problem(await office.client.post(path, content=content, headers=FORM_HEADERS), 413)
                assert "5000" in reported["detail"]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "multipart/form-data; boundary=b", 422),
        (b"nonsense", "multipart/form-data; boundary=b", 422),
        (b"nonsense", "multipart/form-data", 422),
        (form(FILE), "multipart/form-data; boundary=" + "b" * 5000, 422),
        (form(FILE), "multipart/form-data; boundary=b; charset=rot13", 422),
        (form(FILE)[:-20], "multipart/form-data; boundary=b", 422),
        (form(FILE, FILE), "multipart/form-data; boundary=b", 422),
        (form((b"file", b"", LIST)), "multipart/form-data; boundary=b", 422),
        (form((b"file", b'; filename=""', b"")), "multipart/form-data; boundary=b", 422),
        (form((b"list", b'; filename="n"', LIST)), "multipart/form-data; boundary=b", 422),
        (form(FILE, (b"model", b"", b"a"), (b"model", b"", b"b")), "multipart/form-data; boundary=b", 422),
        (form(FILE, *[(b"a%d" % n, b"", b"") for n in range(99)]), "multipart/form-data; boundary=b", 422),
        (form(FILE, (b"model", b"", b"x" * 99_999)), "multipart/form-data; boundary=b", 422),
        (form(FILE, (b"model", b"", b"\xff\xfe\x00")), "multipart/form-data; boundary=b", 422),
        (b"--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 422),
        (b"{}", "application/json", 415),
        (b"file=x", "application/x-www-form-urlencoded", 415),
        (LIST, "text/csv", 415),
        (LIST, "", 415),
    ],
)
async def test_a_broken_form_is_a_problem(office: Office, content: bytes, media_type: str, status: int) -> None:
    answer = await office.client.post("/train/upload", content=content, headers={"Content-Type": media_type})
    problem(answer, status)


async def test_a_private_list_shows_nowhere(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    names = [*NAMES, PRIVATE]
    answers = [
        await office.client.post("/train", json={"model": "elves", "names": names}),
        await office.upload("\n".join(names).encode(), model="elves"),
        await office.client.post("/train", json={"model": "elves", "names": f"{PRIVATE}\nAnna"}),
        await office.client.post("/train", json={"model": "elves", "names": [PRIVATE, [PRIVATE]]}),
        await office.client.post("/train", json={"model": "elves", "names": {PRIVATE: 3}}),
        await office.client.post("/train", json={"model": "elves", "list": names}),
        await office.client.post("/train", json=names),
        await office.client.post("/train", content=f"[{PRIVATE}".encode(), headers=JSON),
        await office.client.post("/train", json={"model": "elves", "names": [f"{PRIVATE}1", f"{PRIVATE}2"]}),
        await office.upload(f"{PRIVATE}1\n{PRIVATE}2".encode(), model="elves"),
        await office.upload(PRIVATE.encode() + b"\n\xff", model="elves"),
        await office.client.post("/train/upload", data={"file": PRIVATE, "model": "e"}, files={"x": b""}),
        await office.client.post("/train/upload", content=PRIVATE, headers=FORM_HEADERS),
        await office.client.get("/train"),
    ]  # fmt: skip
    answers.append(await office.client.get(answers[0].headers["location"]))
    for answer in answers:
        assert PRIVATE not in answer.text
    assert {answer.status_code for answer in answers} == {200, 202, 422}
    assert PRIVATE not in capfd.readouterr().err


async def test_the_report_is_the_one_of_the_command_line(office: Office) -> None:
    job = (await office.upload(LIST, model="elves")).json()
    assert job["report"] == json.loads(json.dumps(report(Corpus.parse(LIST, "elves")).to_json()))


@pytest.mark.parametrize("path", ["/train", "/train/upload"])
async def test_a_stranger_cannot_send_a_large_body(office: Office, path: str) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            yield b"x" * 2**15
            read += 1

    answer = await office.client.post(path, content=body(), headers={"Authorization": ""})
    problem(answer, 401)
    assert read == 0


async def test_a_client_that_leaves_amid_its_file_is_no_failure(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": form(FILE)[:40], "more_body": True},
        {"type": "http.disconnect"},
    ]
    statuses: list[int | None] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    sent = FORM_HEADERS | BEARER | {"Host": "service"}
    headers = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "method": "POST", "path": "/train/upload", "query_string": b"", "headers": headers}
    await office.app(scope | {"http_version": "1.1", "app": office.app}, receive, send)
    assert statuses[0] == 422
    assert "failure" not in caplog.messages
