"""A real list and real models, small enough to be made anew in every run of the tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from model.artifact import model_file, styles_file
from model.artifact.model_file import Artifact
from model.artifact.styles_file import Styles
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.training.finish import finish
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.presets import PRESETS
from model.training.pretraining import Pretraining
from tests.support.tiny import pretrained, styles_of

EVERY = 300
"""One in so many of the bundled names makes the small list."""


@pytest.fixture(scope="session")
def elves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of some three hundred real names, with counts."""
    rows = [row for row in bundled_path("us").read_text("utf-8").splitlines() if not row.startswith("#")]
    path = tmp_path_factory.mktemp("lists") / "elves.txt"
    path.write_text("".join(f"{row}\n" for row in rows[::EVERY]), "utf-8")
    return path


@pytest.fixture(scope="session")
def corpus(elves: Path) -> Corpus:
    return Corpus.read(elves)


@pytest.fixture(scope="session")
def plan(corpus: Corpus) -> Hyperparameters:
    """The default preset, made small."""
    default = PRESETS["default"](len(corpus.split().train))
    return replace(default, hidden=16, steps=60, batch=32, warmup=5, point_every=5, report_every=10)


@pytest.fixture(scope="session")
def recipe(corpus: Corpus) -> Hyperparameters:
    """The seed preset, made small."""
    seed = PRESETS["seed"](len(corpus.split().train))
    return replace(seed, hidden=16, steps=600, learning_rate=0.01, point_every=50, report_every=100)


@pytest.fixture(scope="session")
def model(corpus: Corpus, plan: Hyperparameters) -> Artifact:
    """A model that predicts the first letter too."""
    return trained(corpus, plan)


@pytest.fixture(scope="session")
def recipe_model(corpus: Corpus, recipe: Hyperparameters) -> Artifact:
    """A model that carries the frequencies of first letters."""
    return trained(corpus, recipe)


def trained(corpus: Corpus, plan: Hyperparameters) -> Artifact:
    training = Training(corpus, plan, seed=1)
    for _ in training.run():
        pass
    return finish(training)


@pytest.fixture(scope="session")
def weights(model: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "elves.npz"
    model_file.save(model, path)
    return path


@pytest.fixture(scope="session")
def recipe_weights(recipe_model: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "elves-seed.npz"
    model_file.save(recipe_model, path)
    return path


@pytest.fixture(scope="session")
def pretraining() -> Pretraining:
    """A network of three kinds after its last epoch."""
    return pretrained()


@pytest.fixture(scope="session")
def styles(pretraining: Pretraining) -> Styles:
    """The same with a card for each style."""
    return styles_of(pretraining)


@pytest.fixture(scope="session")
def styles_path(styles: Styles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """And as a file."""
    path = tmp_path_factory.mktemp("styles") / "styles.npz"
    styles_file.save(styles, path)
    return path
