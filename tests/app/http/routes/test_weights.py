"""Models that are downloaded from one service and served by another."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from app.serving.capacity import Capacity
from app.serving.downloads import Downloads
from app.serving.errors import Busy
from app.settings import Settings
from app.store.sync_store import Store
from model.artifact.bundled_models import bundled_folder, bundled_models
from model.artifact.model_file import load, pack, save
from tests.support.admin import administering
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.services import LETTERS, eventually, get_json, problem, serving, write_models

pytestmark = pytest.mark.anyio

TOKEN = {"Authorization": "Bearer secret"}
ELVES = "/models/elves/versions/1/weights"
NAMES = ("arwen", "elrond", "idril")


@pytest.fixture
def trained(settings: Settings, url_with_tables: str) -> Settings:
    return settings.model_copy(update={"database_url": url_with_tables, "admin_token": SecretStr("secret")})


@pytest.fixture
def store(trained: Settings) -> Iterator[Store]:
    """With a private list, of which the card of older software says nothing, and a public one."""
    with closing(Store(trained.database_url)) as store:
        store.migrate()
        publish(store, "elves", random_model(LETTERS, names=NAMES, end=1.0))
        publish(store, "Zo\u00eb's", random_model(LETTERS, names=NAMES), public=True)
        yield store


@pytest.fixture
async def service(trained: Settings, store: Store) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001
    async with serving(trained) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: len(ready["models"]) == 4)
        yield client


async def download(client: httpx.AsyncClient, path: str, folder: Path) -> Path:
    """The file that a client keeps under the name that it comes with."""
    answer = await client.get(path, headers=TOKEN)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/octet-stream"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["etag"] == f'"{sha256(answer.content).hexdigest()}"'
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    path_there = folder / disposition.split('"')[1]
    path_there.write_bytes(answer.content)
    return path_there


async def test_a_trained_model_serves_elsewhere_and_draws_the_same_names(
    service: httpx.AsyncClient, tmp_path: Path
) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    write_models(folder)
    assert (await download(service, ELVES, folder)).name == "elves.npz"
    drawn = "/sample?model=elves&count=20&seed=7"
    here = await get_json(service, drawn)
    elsewhere = Settings(weights=folder, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    async with serving(elsewhere) as client:
        there = await get_json(client, drawn)
    assert (here.pop("version"), there.pop("version")) == (1, 0)
    assert here == there


async def test_a_private_list_stays_private_elsewhere_and_a_public_one_public(
    service: httpx.AsyncClient, tmp_path: Path
) -> None:
    await download(service, ELVES, tmp_path)
    content = (await service.get("/models/Zo\u00eb's/versions/1/weights", headers=TOKEN)).content
    (tmp_path / "us.npz").write_bytes(content)  # as the default model
    url = f"sqlite:///{tmp_path / 'other.db'}"
    async with serving(Settings(weights=tmp_path, database_url=url, admin_token=SecretStr("secret"))) as client:
        for model, is_public in (("elves", False), ("us", True)):
            asked = {"model": model, "names": ["Arwen"]}
            for headers, is_shown in (({}, is_public), (TOKEN, True)):
                (score,) = (await client.post("/score", json=asked, headers=headers)).json()["scores"]
                assert score["in_training_list"] is (True if is_shown else None)
                answer = await client.get(f"/sample?model={model}&novel=true", headers=headers)
                assert answer.status_code == (200 if is_shown else 403)
                shown = (await client.get(f"/models/{model}", headers=headers)).json()
                assert shown["names"] == (3 if is_shown else None)
                assert shown["card"]["public_membership"] is is_public
                assert (shown["card"]["corpus"]["sha256"] is not None) is is_public


async def test_the_file_is_what_was_published_but_for_what_its_card_left_out(
    service: httpx.AsyncClient, store: Store, tmp_path: Path
) -> None:
    content = pack(random_model(LETTERS, names=NAMES, end=1.0, public_membership=False))
    assert (await download(service, ELVES, tmp_path)).read_bytes() == content
    publish(store, "elves", random_model("abc", public_membership=False))
    newer = await download(service, "/models/elves/versions/2/weights", tmp_path)
    stored = store.versions.load("elves", 2)
    assert stored is not None
    assert newer.read_bytes() == stored.content


async def test_a_bundled_model_can_be_downloaded(
    service: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    for name in ("us", "accents"):
        path = await download(service, f"/models/{name}/versions/0/weights", tmp_path)
        assert path.read_bytes() == (settings.weights / f"{name}.npz").read_bytes()


async def test_one_kind_of_many_and_one_in_half_precision_serve_alone(tmp_path: Path) -> None:
    """Of the models that come with the software, most share a network, which is kept in half precision."""
    name = next(name for name in bundled_models(bundled_folder()) if not (bundled_folder() / f"{name}.npz").exists())
    bundled = Settings(weights=bundled_folder(), database_url=f"sqlite:///{tmp_path / 'here.db'}")
    (folder := tmp_path / "weights").mkdir()
    save(random_model(LETTERS), folder / "us.npz")
    drawn = f"/sample?model={name}&count=20&seed=7"
    async with serving(bundled.model_copy(update={"admin_token": SecretStr("secret")})) as client:
        path = await download(client, f"/models/{name}/versions/0/weights", folder)
        here = await get_json(client, drawn)
    assert load(path).card.description.language
    async with serving(Settings(weights=folder, database_url=f"sqlite:///{tmp_path / 'there.db'}")) as client:
        assert await get_json(client, drawn) == here


async def test_a_file_that_is_known_already_is_not_sent_again(service: httpx.AsyncClient) -> None:
    head = await service.head(ELVES, headers=TOKEN)
    assert (head.status_code, head.content) == (200, b"")
    tag = head.headers["etag"]
    for sent in (tag, f'"other", W/{tag}', "*"):
        answer = await service.get(ELVES, headers=TOKEN | {"If-None-Match": sent})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    answer = await service.get(ELVES, headers=TOKEN | {"If-None-Match": '"other"'})
    assert len(answer.content) == int(head.headers["content-length"])


async def test_a_name_that_is_not_ascii_is_that_of_the_file(service: httpx.AsyncClient) -> None:
    answer = await service.get("/models/Zo\u00eb's/versions/1/weights", headers=TOKEN)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Zo%C3%AB%27s.npz"


async def test_what_is_out_of_service_can_be_downloaded_and_what_is_deleted_cannot(service: httpx.AsyncClient) -> None:
    assert (await service.delete("/models/elves/alias/champion", headers=TOKEN)).status_code == 204
    assert (await service.get(ELVES, headers=TOKEN)).status_code == 200
    assert (await service.delete("/models/elves", headers=TOKEN)).status_code == 200
    assert problem(await service.get(ELVES, headers=TOKEN), 404)["type"] == "/problems/unknown-model"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/models/orcs/versions/1/weights", 404),
        ("/models/elves/versions/2/weights", 404),
        ("/models/elves/versions/0/weights", 404),
        (f"/models/elves/versions/{10**30}/weights", 404),
        ("/models/elves@1/versions/1/weights", 404),
        ("/models/elves/versions/-1/weights", 422),
        ("/models/elves/versions/x/weights", 422),
        (f"{ELVES}?version=1", 422),
    ],
)
async def test_what_there_is_not_is_refused(service: httpx.AsyncClient, path: str, status: int) -> None:
    problem(await service.get(path, headers=TOKEN), status)


async def test_only_the_admin_downloads_models(service: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        problem(await service.get(ELVES, headers=headers), 401)
        assert (await service.head(ELVES, headers=headers)).status_code == 401
    problem(await client.get("/models/us/versions/0/weights", headers=TOKEN), 403)


async def test_a_damaged_version_is_not_sent(service: httpx.AsyncClient, store: Store) -> None:
    publish(store, "elves", random_model("abc"), promote=False, content=b"no model")
    problem(await service.get("/models/elves/versions/2/weights", headers=TOKEN), 500)


async def test_only_so_many_models_are_in_memory_for_downloads_at_once(settings: Settings, tmp_path: Path) -> None:
    async with administering(settings, tmp_path) as office:
        downloads = Downloads(office.app.state.registry, Capacity(1, 0, 1.0))
        for _ in range(2):
            async with downloads.open("us", 0) as file:
                assert file.content
                with pytest.raises(Busy):
                    async with downloads.open("us", 0):
                        pass
