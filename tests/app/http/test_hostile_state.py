"""What others wrote into the folder of weights or into the database concerns itself alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from app.settings import Settings
from app.store.tables import jobs
from model.artifact import model_file, npz
from model.errors import InvalidWeights
from model.network.shape import MAX_LETTERS
from tests.support.admin import Office, administering
from tests.support.random_models import random_model
from tests.support.services import get_json, problem, serving, write_models

pytestmark = pytest.mark.anyio


def deep(depth: int) -> Any:
    """Lists in each other."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


CLAIMS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "half-a-letter": (lambda card: card["corpus"].update(title="\ud800"), "half a surrogate pair"),
    "half-a-language": (lambda card: card.update(description={"language": "\udfff"}), "half a surrogate pair"),
    "half-a-key": (lambda card: card["hyperparameters"].update({"\ud800": 1}), "half a surrogate pair"),
    "deep": (lambda card: card["hyperparameters"].update(a=deep(400)), "where a value belongs"),
    "deeper": (lambda card: card["hyperparameters"].update(a=deep(900)), "where a value belongs"),
    "large-share": (lambda card: card["memorisation"].update(in_training=1e307), "out of range"),
    "many-letters": (lambda card: card.update(letters=[chr(n) for n in range(97, 98 + MAX_LETTERS)]), "letters"),
    "many-units": (lambda card: card["architecture"].update(hidden=10**9), "hidden units"),
    "many-layers": (lambda card: card["architecture"].update(layers=10**9), "architecture"),
    "long-names": (lambda card: card.update(fewest_letters=10**30), "letters or more"),
    "long-rule": (lambda card: card.update(case_rules=["upper a" + "\u0301\u0323" * 10**4]), "more than 128 letters"),
    "long-source": (lambda card: card.update(description={"source": "x" * 10**5}), "at most 2,000"),
    "large-card": (lambda card: card.update(examples=["x" * 100] * 20_000), "at most 1,048,576|larger than 1 MiB"),
}


def forge(folder: Path, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """A model, checksum and all, whose card claims something else."""
    path = folder / f"{name}.npz"
    model_file.save(random_model("abc"), path)
    arrays = npz.read(path, InvalidWeights)
    card = json.loads(arrays["card"].tobytes())
    change(card)
    npz.write(path, arrays | {"card": np.frombuffer(json.dumps(card).encode(), np.uint8)})


async def test_each_hostile_card_is_left_out_with_the_reason_and_the_others_are_served(tmp_path: Path) -> None:
    write_models(tmp_path)
    for name, (change, _) in CLAIMS.items():
        forge(tmp_path, name, change)
    async with serving(Settings(weights=tmp_path)) as client:
        assert [one["name"] for one in (await get_json(client, "/models"))["models"]] == ["accents", "us"]
        left_out = {one["model"]: one["reason"] for one in (await get_json(client, "/health/ready"))["degraded"]}
        assert left_out.keys() == CLAIMS.keys()
        for name, (_, reason) in CLAIMS.items():
            assert any(part in left_out[name] for part in reason.split("|")), (name, left_out[name])
            assert problem(await client.get(f"/models/{name}"), 404)["type"] == "/problems/unknown-model"
            assert f'namewright_model_degraded{{model="{name}"}} 1.0' in (await client.get("/metrics")).text
        for name in ("us", "accents"):
            assert (await get_json(client, f"/sample?model={name}&count=3"))["names"]
            assert await get_json(client, f"/models/{name}")


@pytest.fixture
async def office(settings: Settings, tmp_path: Path) -> Any:
    async with administering(settings, tmp_path, worker="none") as office:
        yield office


@pytest.mark.parametrize("column", ["request", "report"])
async def test_a_job_that_cannot_be_read_is_a_problem_of_its_own(office: Office, column: str) -> None:
    whole, spoilt = await office.ordered(), await office.ordered()

    def spoil(store: Any) -> None:
        with store.database.writing() as connection:
            connection.execute(sa.update(jobs).where(jobs.c.id == spoilt).values({column: '{"a": "\\ud800"}'}))

    await office.store(spoil)
    assert [job["id"] for job in (await get_json(office.client, "/train"))["jobs"]] == [whole]
    for path in ("", "/events", "/loss.png"):
        refused = problem(await office.client.get(f"/train/{spoilt}{path}"), 500)
        assert refused["type"] == "/problems/damaged-job"
        assert spoilt in refused["detail"]
    assert (await get_json(office.client, f"/train/{whole}"))["state"] == "queued"
    assert (await get_json(office.client, "/health/ready"))["degraded"] == []
