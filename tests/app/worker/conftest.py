from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from app.store.sync_store import Store
from app.worker.promotion import PromotionPolicy
from app.worker.trainer import Trainer
from model.artifact import model_file
from tests.support.random_models import random_model


@pytest.fixture
def store(url_with_tables: str) -> Iterator[Store]:
    opened = Store(url_with_tables)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with the bundled model `us`, which knows a to z and holds some names likely by chance alone."""
    model_file.save(random_model("abcdefghijklmnopqrstuvwxyz", end=1.0), tmp_path / "us.npz")
    return tmp_path


@pytest.fixture
def make_trainer(store: Store, weights: Path) -> Callable[..., Trainer]:
    """Makes trainers of a name."""

    def make(worker: str, **timing: float) -> Trainer:
        return Trainer(store, PromotionPolicy(store, weights), worker, Event(), **timing)

    return make


@pytest.fixture
def trainer(make_trainer: Callable[..., Trainer]) -> Trainer:
    return make_trainer("one")


@pytest.fixture
def hasty(make_trainer: Callable[..., Trainer]) -> Trainer:
    """Keeps a checkpoint after every piece of training."""
    return make_trainer("one", checkpoint_seconds=0, progress_seconds=0)
