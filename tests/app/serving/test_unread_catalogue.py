"""A service that starts while its SQLite file cannot be used does not know yet which models there are."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store.sync_store import Store
from tests.support.publishing import publish
from tests.support.random_models import random_model
from tests.support.services import eventually, get_json, problem, serving

pytestmark = pytest.mark.anyio

TOKEN = {"Authorization": "Bearer secret"}
Undo = Callable[[], object]


def damage(path: Path) -> Undo:
    """Overwrite all of the file but its first page's header."""
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    return lambda: path.write_bytes(whole)


def replace_by_text(path: Path) -> Undo:
    whole = path.read_bytes()
    path.write_bytes(b"no database\n" * 1000)
    return lambda: path.write_bytes(whole)


def lock(path: Path) -> Undo:
    """Work in the file alone, as a program that repairs it would."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    return connection.close


def forbid(path: Path) -> Undo:
    path.chmod(0)
    return lambda: path.chmod(0o600)


def put_a_folder_in_its_place(path: Path) -> Undo:
    kept = path.rename(path.with_suffix(".kept"))
    path.mkdir()

    def undo() -> None:
        path.rmdir()
        kept.rename(path)

    return undo


def lose_its_folder(path: Path) -> Undo:
    """As where a disk is not mounted: a file has the name of the folder, and none can be made."""
    kept = path.parent.rename(path.parent.with_suffix(".kept"))
    path.parent.touch()

    def undo() -> None:
        path.parent.unlink()
        kept.rename(path.parent)

    return undo


as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
HINDRANCES = [
    damage, replace_by_text, lock, put_a_folder_in_its_place, lose_its_folder, pytest.param(forbid, marks=as_user)
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a trained model."""
    path = tmp_path / "data" / "namewright.db"
    with closing(Store(f"sqlite:///{path}")) as store:
        store.migrate()
        publish(store, "elves", random_model("abc"))
        publish(store, "us", random_model("abc"))
    return path


@pytest.mark.parametrize("hinder", HINDRANCES)
async def test_a_trained_model_is_not_there_yet_while_the_file_cannot_be_used(
    settings: Settings, path: Path, hinder: Callable[[Path], Undo]
) -> None:
    mend = hinder(path)
    more = {"database_url": f"sqlite:///{path}", "poll_seconds": 0.05, "admin_token": SecretStr("secret")}
    async with serving(settings.model_copy(update=more)) as client:
        for reference in ("elves", "elves@1", "us@1", "orcs"):
            for _ in range(2):
                answer = await client.get(f"/sample?model={reference}")
                refused = problem(answer, 503)
                assert refused["type"] == "/problems/no-database"
                assert int(answer.headers["retry-after"]) > 0
                assert str(path.parent) not in refused["detail"]
        for answer in (
            await client.post("/score", json={"model": "elves", "names": ["abc"]}),
            await client.get("/models/elves"),
            await client.delete("/models/elves", headers=TOKEN),
            await client.delete("/models/elves/alias/champion", headers=TOKEN),
            await client.delete("/models/accents", headers=TOKEN),
        ):
            problem(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
        for known in ("us", "us@0", "accents"):
            assert (await get_json(client, f"/sample?model={known}"))["version"] == 0
        mend()
        answer = await eventually(lambda: client.get("/sample?model=elves"), lambda answer: answer.status_code != 503)
        assert answer.json()["version"] == 1
        problem(await client.get("/sample?model=orcs"), 404)


async def test_once_it_was_read_what_is_not_in_it_is_not_there(settings: Settings, path: Path) -> None:
    """Later on, what is in memory is known."""
    wanted = settings.model_copy(update={"database_url": f"sqlite:///{path}", "poll_seconds": 0.05})
    async with serving(wanted) as client:
        await eventually(lambda: get_json(client, "/health/ready"), lambda ready: ready["models"]["us"] == 1)
        undo = replace_by_text(path)
        problem(await client.get("/sample?model=orcs"), 404)
        assert (await get_json(client, "/sample?model=elves"))["version"] == 1
        undo()
