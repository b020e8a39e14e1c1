from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from app.store.loading import load_version
from app.store.sync_store import Store
from app.store.tables import versions
from model.artifact import npz
from model.artifact.model_file import pack
from model.errors import InvalidWeights
from tests.support.publishing import publish
from tests.support.random_models import random_model


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'namewright.db'}")
    store.migrate()
    return store


def test_a_version_comes_as_it_was_published(store: Store) -> None:
    model = random_model("abc")
    publish(store, "elves", model, public=True)
    loaded = load_version(store, "elves", 1)
    assert loaded is not None
    assert pack(loaded) == pack(model)
    assert load_version(store, "elves", 2) is None


def test_a_private_list_stays_private_though_the_card_of_older_software_does_not_say_so(store: Store) -> None:
    publish(store, "elves", random_model("abc"), public=False)
    loaded = load_version(store, "elves", 1)
    assert loaded is not None
    assert pack(loaded) == pack(random_model("abc", public_membership=False))


def test_bytes_that_are_not_those_that_were_published_are_refused(store: Store) -> None:
    publish(store, "elves", random_model("abc"))
    with store.database.writing() as connection:
        connection.execute(sa.update(versions).values(content=pack(random_model("abd"))))
    with pytest.raises(InvalidWeights, match="not those that were published"):
        load_version(store, "elves", 1)


def test_what_is_no_model_is_refused(store: Store) -> None:
    publish(store, "elves", random_model("abc"), content=b"half")
    with pytest.raises(InvalidWeights, match="damaged"):
        load_version(store, "elves", 1)


def test_a_model_with_weights_that_are_no_numbers_is_refused(store: Store) -> None:
    model = random_model("abc")
    arrays = npz.unpack(pack(model), InvalidWeights, "memory")
    arrays["network.V"] = np.full_like(arrays["network.V"], np.nan)
    content = npz.pack({name: array for name, array in arrays.items() if name != npz.CHECKSUM})
    publish(store, "elves", model, content=content)
    with pytest.raises(InvalidWeights, match="elves@1: its parts do not make a model"):
        load_version(store, "elves", 1)
