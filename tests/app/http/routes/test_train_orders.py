import json
from pathlib import Path
from typing import Any

import pytest

from app.schemas.train import MAX_BATCH
from app.settings import Settings
from tests.support.admin import JSON, LIST, NAMES, Office, administering
from tests.support.random_models import random_model
from tests.support.services import problem

pytestmark = pytest.mark.anyio


async def refused(office: Office, asked: object, status: int = 422) -> dict[str, Any]:
    content = json.dumps(asked).encode()  # also what UTF-8 cannot have, such as half of a surrogate pair
    return problem(await office.client.post("/train", content=content, headers=JSON), status)


async def test_what_was_asked_reaches_the_worker_and_nothing_else(office: Office) -> None:
    network = {"cell": "gru", "layers": 2, "hidden": 32}
    dropout = {"dropout": 0.3, "recurrent_dropout": 0.2, "between_dropout": 0, "ngram": False}
    learning = {"optimizer": "sgd", "learning_rate": 0.5, "batch": 16}
    described = {"language": " Sindarin ", "kind": "invented"}
    asked = network | dropout | learning | described | {"epochs": 2.5, "seed": 7}
    job = await office.ordered(**asked, publish="if_better", preset="default", public_membership=True)
    found = await office.store(lambda store: store.jobs.get(job))
    content = await office.store(lambda store: store.runs.content(job))
    assert found is not None
    order = found.order
    assert (order.model, order.source, order.corpus, order.preset) == ("elves", "names", "elves", "default")
    assert order.overrides == network | dropout | learning
    assert (order.language, order.kind) == ("Sindarin", "invented")
    assert (order.epochs, order.minutes, order.seed, order.parent) == (2.5, None, 7, None)
    assert (order.publish, order.public_membership) == ("if_better", True)
    assert json.loads(content or b"") == NAMES


@pytest.mark.no_cover
async def test_nothing_at_all_trains_the_default_model_on_its_own_list(tmp_path: Path, settings: Settings) -> None:
    orders = []
    async with administering(settings, tmp_path) as office:  # one, which looks over the large list once
        for body in (b"", b"{}", b'{"model": "us"}', b'{"corpus": "us"}'):
            answer = await office.client.post("/train", content=body, headers=JSON)
            assert answer.status_code == 202, (body, answer.text)
            assert answer.json()["report"]["names"] == 97310, body
            found = await office.store(lambda store: store.jobs.get(answer.json()["id"]))  # noqa: B023
            assert found is not None, body
            orders.append(found.order)
    for order in orders:
        assert (order.model, order.source, order.corpus) == ("us", "bundled", "us")
        assert (order.preset, order.publish, order.public_membership) == ("default", "unless_worse", True)


async def test_a_bundled_list_may_be_published_under_another_name(fresh: Office) -> None:
    answer = await fresh.client.post("/train", json={"corpus": "german-girls", "model": "mine"})
    assert (answer.json()["model"], answer.json()["request"]["corpus"]) == ("mine", "german-girls")


@pytest.mark.parametrize(
    ("asked", "field", "advice"),
    [
        ({"names": NAMES}, "model", "give the name to publish under"),
        ({"model": "elves"}, "model", "send names, or corpus: us"),
        ({"model": "elves", "names": NAMES, "corpus": "us"}, "corpus", "not both"),
        ({"model": "elves", "names": NAMES, "epochs": 1, "steps": 5}, "steps", "give epochs or steps, not both"),
        (
            {"model": "elves", "names": NAMES, "epochs": 1, "steps": 5, "minutes": 1},
            "steps",
            "give epochs, steps or minutes, not more than one",
        ),
        ({"model": "elves", "names": NAMES, "epochs": 1, "minutes": 1}, "minutes", "give epochs or minutes, not both"),
        ({"model": "elves", "names": NAMES, "batch": 1}, "batch", "plain sgd only"),
        ({"model": "elves", "names": NAMES, "cell": "lstm"}, "cell", "gru"),
        ({"model": "elves", "names": NAMES, "layers": 0}, "layers", "greater than or equal to 1"),
        ({"model": "elves", "names": NAMES, "layers": 5}, "layers", "less than or equal to 4"),
        ({"model": "elves", "names": NAMES, "layers": 1.5}, "layers", "integer"),
        ({"model": "elves", "names": NAMES, "dropout": 1}, "dropout", "less than 1"),
        ({"model": "elves", "names": NAMES, "recurrent_dropout": -0.1}, "recurrent_dropout", "equal to 0"),
        ({"model": "elves", "names": NAMES, "between_dropout": "0.1"}, "between_dropout", "number"),
        ({"model": "elves", "names": NAMES, "ngram": 1}, "ngram", "boolean"),
        (
            {"model": "elves", "names": NAMES, "preset": "seed", "cell": "gru", "steps": 9},
            "cell",
            "give another preset",
        ),
        (
            {"model": "elves", "names": NAMES, "preset": "seed", "layers": 2, "steps": 9},
            "layers",
            "give another preset",
        ),
        (
            {"model": "elves", "names": NAMES, "preset": "seed", "dropout": 0.1, "steps": 9},
            "dropout",
            "the preset seed",
        ),
        ({"model": "elves", "names": NAMES, "language": ""}, "language", "at least 1"),
        ({"model": "elves", "names": NAMES, "language": "x" * 61}, "language", "at most 60"),
        ({"model": "elves", "names": NAMES, "language": "a\nb"}, "language", "such as German"),
        ({"model": "elves", "names": NAMES, "language": " "}, "language", "such as German"),
        ({"model": "elves", "names": NAMES, "kind": "elves"}, "kind", "surnames"),
        ({"model": "elves", "names": NAMES, "preset": "great"}, "preset", "best"),
        ({"model": "elves", "names": NAMES, "optimizer": "sgdm"}, "optimizer", "adam"),
        ({"model": "elves", "names": NAMES, "publish": "maybe"}, "publish", "unless_worse"),
        ({"model": "elves", "names": NAMES, "learning_rate": 0}, "learning_rate", "greater than 0"),
        ({"model": "elves", "names": NAMES, "learning_rate": 11}, "learning_rate", "less than or equal to 10"),
        ({"model": "elves", "names": NAMES, "batch": MAX_BATCH + 1}, "batch", str(MAX_BATCH)),
        ({"model": "elves", "names": NAMES, "hidden": 0}, "hidden", "1"),
        ({"model": "elves", "names": NAMES, "hidden": "32"}, "hidden", "integer"),
        ({"model": "elves", "names": NAMES, "epochs": 0}, "epochs", "greater than 0"),
        ({"model": "elves", "names": NAMES, "minutes": -1}, "minutes", "greater than 0"),
        ({"model": "elves", "names": NAMES, "seed": -1}, "seed", "0"),
        ({"model": "elves", "names": NAMES, "seed": 2**53}, "seed", str(2**53 - 1)),
        ({"model": "elves", "names": NAMES, "public_membership": 1}, "public_membership", "boolean"),
        ({"model": "elves", "names": NAMES, "optimiser": "adam"}, "unknown field", "did you mean optimizer?"),
        ({"model": "elves", "names": NAMES, "parent": "us"}, "unknown field", "there is no such field"),
        ({"model": "elves", "names": "Anna"}, "names", "send a JSON array"),
        ({"model": "elves", "names": ["Anna", 3]}, "names.1", "string"),
        ({"model": "elves", "names": ["Anna"] * 401}, "names", "give at most 400"),
        ({"model": "elves", "names": NAMES, "hidden": 129}, "hidden", "128"),
        ({"model": "elves", "names": NAMES, "steps": 2001}, "steps", "2000"),
        ({"model": "elves", "names": NAMES, "epochs": 1e5}, "epochs", "at most 2000 steps"),
        ({"model": "elves", "names": NAMES, "preset": "seed"}, "steps", "at most 2000 steps"),
        ({"corpus": "german-girls", "model": "elves"}, "corpus", "1003 names are too many; give at most 400"),
        ({"model": "elves", "names": [chr(0x4E00 + n) * 2 for n in range(41)]}, "names", "41 different letters"),
        ({"model": "\ud800", "names": NAMES}, "model", "unicode"),
        ({"model": "", "names": NAMES}, "model", "at least 1"),
        ({"model": "x" * 101, "names": NAMES}, "model", "at most 100"),
        *(
            ({"model": name, "names": NAMES}, "model", "printable letters")
            for name in ("a@1", "style:a", "a/b", " a", "a\n", "..", ".", "\x00", "a\u2028b")
        ),
    ],
)
async def test_a_wrong_field_is_named_and_told_what_to_send(
    office: Office, asked: dict[str, Any], field: str, advice: str
) -> None:
    reported = await refused(office, asked)
    (wrong,) = reported["errors"]
    assert wrong["field"] == field
    assert advice in wrong["message"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ([], "the list is empty"),
        (["Anna", "Ben"], "2 distinct names are too few"),
        (["Anna", "Anna", "Anna"], "1 distinct name is too few"),
        (["Anna", "R2/D2", "51", "B/C"], "left out, by number: a symbol that is not part of names (2, 4); digits"),
        (["@#", "$%"], "neither is any other line"),
    ],
)
async def test_a_list_that_cannot_be_used_is_refused_before_anything_is_queued(
    fresh: Office, names: list[str], reason: str
) -> None:
    for answer in (
        await fresh.client.post("/train", json={"model": "elves", "names": names}),
        await fresh.upload("\n".join(names).encode(), model="elves"),
    ):
        reported = problem(answer, 422)
        assert reported["type"] == "/problems/bad-corpus"
        assert reason in reported["detail"]
    assert (await fresh.client.get("/train")).json() == {"jobs": [], "next": None}


async def test_an_unknown_bundled_list_is_told_which_there_are(office: Office) -> None:
    assert "the lists are: us" in (await refused(office, {"corpus": "elves"}))["detail"]


async def test_a_training_starts_from_the_version_in_service_and_stays_with_it(office: Office) -> None:
    job = (await office.client.get(f"/train/{await office.ordered(**{'from': 'us'})}")).json()
    hidden = random_model("a").network.hidden
    assert (job["request"]["from"], job["request"]["hyperparameters"]) == ("us@0", {"hidden": hidden})
    assert await office.ordered(**{"from": "us@0", "hidden": hidden})


async def test_a_training_may_start_from_random_weights(office: Office) -> None:
    jobs = [await office.ordered(**asked) for asked in ({"from": "none"}, {})]
    found = [(await office.client.get(f"/train/{job}")).json()["request"] for job in jobs]
    assert [request["from"] for request in found] == ["none", None]
    assert (found[1]["language"], found[1]["kind"]) == (None, None)


async def test_a_list_may_have_letters_that_the_model_to_start_from_lacks(office: Office) -> None:
    assert await office.ordered(names=["Anna", "Zoë", "Ådne", "Яна"], **{"from": "us"})


async def test_a_model_to_start_from_must_fit(office: Office) -> None:
    base = {"model": "elves", "names": NAMES}
    reported = await refused(office, base | {"from": "us", "hidden": 99})
    assert [wrong["field"] for wrong in reported["errors"]] == ["hidden"]
    reported = await refused(office, base | {"from": "us", "cell": "gru"})
    assert [wrong["field"] for wrong in reported["errors"]] == ["cell"]
    for parent, others in (("dwarves", {"models": ["accents", "us"]}), ("us@3", {"versions": [0]})):
        reported = await refused(office, base | {"from": parent}, 404)
        assert reported["detail"].startswith("from: ")
        assert others.items() <= reported.items()


async def test_a_model_to_start_from_must_not_be_too_large(tmp_path: Path, settings: Settings) -> None:
    hidden = random_model("a").network.hidden
    async with administering(settings, tmp_path, max_hidden=hidden - 1) as office:
        reported = await refused(office, {"model": "elves", "names": NAMES, "from": "us"})
        assert [wrong["field"] for wrong in reported["errors"]] == ["from"]
        reported = await refused(office, {"model": "elves", "names": NAMES})
        assert [wrong["field"] for wrong in reported["errors"]] == ["hidden"]


async def test_what_cannot_be_trained_by_itself_is_told(tmp_path: Path, settings: Settings) -> None:
    async with administering(settings, tmp_path, default_model="accents") as office:
        reported = await refused(office, {})
    assert [wrong["field"] for wrong in reported["errors"]] == ["names"]
    assert "no list called 'accents'" in reported["detail"]


@pytest.mark.parametrize("key", ["elves-1", "!" * 200])
async def test_a_request_with_the_same_key_is_the_same_job_once(fresh: Office, key: str) -> None:
    headers = {"Idempotency-Key": key}
    asked = {"model": "elves", "names": NAMES}
    first = await fresh.client.post("/train", json=asked, headers=headers)
    again = await fresh.client.post("/train", json=asked | {"seed": 0}, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await fresh.client.get("/train")).json()["jobs"]) == 1


async def test_a_key_belongs_to_one_request(office: Office) -> None:
    headers = {"Idempotency-Key": "mine"}
    assert (await office.client.post("/train", json={"model": "elves", "names": NAMES}, headers=headers)).is_success
    for asked in (
        {"model": "orcs", "names": NAMES},
        {"model": "elves", "names": NAMES[1:]},
        {"model": "elves", "names": NAMES, "seed": 1},
    ):
        reported = problem(await office.client.post("/train", json=asked, headers=headers), 422)
        assert reported["type"] == "/problems/idempotency-key-reused"
    sent: dict[str, Any] = {"files": {"file": ("n", LIST)}, "data": {"model": "elves"}}
    problem(await office.client.post("/train/upload", **sent, headers=headers), 422)
    headers = {"Idempotency-Key": "file"}
    first, again = [await office.client.post("/train/upload", **sent, headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    sent["files"] = {"file": ("n", LIST + b"\nHugo")}
    problem(await office.client.post("/train/upload", **sent, headers=headers), 422)


@pytest.mark.parametrize("key", ["x" * 201, "a b", b"\xff", "ä".encode()])
async def test_a_key_is_short_and_plain(office: Office, key: str | bytes) -> None:
    headers = [(b"Idempotency-Key", key if isinstance(key, bytes) else key.encode())]
    reported = problem(await office.client.post("/train", json={"model": "e", "names": NAMES}, headers=headers), 422)
    (wrong,) = reported["errors"]
    assert wrong["field"] == "idempotency-key"
    assert "at most 200" in wrong["message"] or "without spaces" in wrong["message"]


async def test_an_empty_key_is_none(office: Office) -> None:
    headers = {"Idempotency-Key": ""}
    one, other = [
        (await office.client.post("/train", json={"model": "e", "names": NAMES}, headers=headers)).json()["id"]
        for _ in range(2)
    ]
    assert one != other


async def test_a_full_queue_refuses_for_a_while(fresh: Office) -> None:
    jobs = [await fresh.ordered() for _ in range(3)]
    answer = await fresh.client.post("/train", json={"model": "elves", "names": NAMES})
    assert problem(answer, 503)["type"] == "/problems/queue-full"
    assert int(answer.headers["retry-after"]) > 0
    await fresh.client.post(f"/train/{jobs[0]}/cancel")
    await fresh.ordered()


async def test_no_refusal_repeats_what_may_be_a_name_of_a_private_list(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names as the keys of an object, of a query or of a form, or in place of a field's value."""
    name = "Zebulonia"
    boundary = "----x"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n1\r\n'
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{name}\r\n'
    multipart = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    requests = [
        office.client.post("/train", json={name: 1, "model": "elves"}),
        office.client.post("/train", json={"model": "elves", "names": {name: 1}}),
        office.client.post("/train", json={"model": "elves", "kind": name}),
        office.client.post("/train", content=f'{{"{name}": ', headers=JSON),
        office.client.post("/train", content=f"{name}", headers=JSON),
        office.client.post(f"/train?{name}=1", json={}),
        office.client.post(f"/train/upload?{name}=1", files={"file": b"x"}),
        office.client.post("/train/upload", data={name: "1", "model": "elves"}, files={"file": LIST}),
        office.client.post("/train/upload", data={"model": "elves"}, files={name: LIST}),
        office.client.post("/train/upload", content=f"{part}{part}{file}--{boundary}--\r\n", headers=multipart),
    ]
    for number, request in enumerate(requests):
        answer = await request
        problem(answer, 422)
        assert name.lower() not in answer.text.lower(), number
    assert name not in capsys.readouterr().err
