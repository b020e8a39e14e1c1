from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from app.store.sync_store import Store
from app.worker.promotion import Judge
from app.worker.trainer import Trainer
from model.artifact import model_file
from tests.support.random_models import random_model


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with the bundled model `us`, which knows a to z and holds some names likely by chance alone."""
    model_file.save(random_model("abcdefghijklmnopqrstuvwxyz", end=1.0), tmp_path / "us.npz")
    return tmp_path


@pytest.fixture
def trainer(store: Store, weights: Path) -> Trainer:
    return Trainer(store, Judge(store, weights), "one", Event())
