"""The bundled models, as they are committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.artifact.model_file import Artifact, load
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import predictor_of
from model.training.finish import memorisation
from tests.support.checkout import tracked

WEIGHTS = Path(__file__).parents[2] / "weights"
US = Corpus.read(bundled_path("us"))
LIMITS = {"us": 1.98, "us-seed": 2.20}
"""Nats per letter on test names that each preset has to reach."""


@pytest.fixture(params=sorted(LIMITS), scope="module")
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def model(name: str) -> Artifact:
    return load(WEIGHTS / f"{name}.npz")


def test_no_other_models_are_bundled() -> None:
    assert {path.stem for path in tracked("weights") if path.suffix == ".npz"} == set(LIMITS)


def test_the_card_tells_the_list_and_its_parts(model: Artifact) -> None:
    split = US.split()
    facts = model.card.corpus
    assert (facts.title, facts.sha256, facts.names) == ("us", US.sha256, len(US.names))
    assert (facts.train, facts.validation, facts.test) == tuple(map(len, (split.train, split.validation, split.test)))
    assert facts.test >= 2_000
    np.testing.assert_array_equal(model.hashes, split.hashes)


def test_the_held_out_figure_is_the_cards_and_within_the_promise(model: Artifact, name: str) -> None:
    told = evaluate(predictor_of(model), US.split().test)
    assert told.skipped == 0
    assert told.nats_per_letter == pytest.approx(model.card.nats_per_letter, abs=1e-4)
    assert told.nats_per_letter <= LIMITS[name]


def test_it_has_learned_and_not_memorised(model: Artifact) -> None:
    told = model.card.memorisation
    assert told.draws == 10_000
    assert told.in_training <= 1.5 * told.in_held_out
    again = memorisation(predictor_of(model), US.split(), seed=1)
    assert again.in_training == pytest.approx(told.in_training, abs=0.02)
    assert again.in_training <= 1.5 * again.in_held_out


def test_it_knows_the_names_of_its_list(model: Artifact) -> None:
    assert model.contains(["Mary", "JOHN", "Xqzwv"]) == [True, True, False]


def test_it_draws_names_with_a_start_that_end_by_themselves(model: Artifact) -> None:
    drawn = draw(predictor_of(model), 5, Options(start="a", max_length=12), np.random.default_rng(0))
    assert drawn.shortfall is None
    assert len(set(drawn.names)) == 5
    assert all(name.startswith("A") and len(name) <= 12 for name in drawn.names)


def test_the_readme_tells_the_figures_of_the_card(model: Artifact, name: str) -> None:
    (row,) = [line for line in (WEIGHTS / "README.md").read_text().splitlines() if line.startswith(f"| `{name}.npz`")]
    told, card = [cell.strip() for cell in row.split("|")[1:-1]], model.card
    assert told[1:] == [
        card.preset,
        str(card.seed),
        f"{card.nats_per_letter:.3f}",
        f"{card.memorisation.in_training:.1%}",
        f"{card.memorisation.in_held_out:.1%}",
    ]
