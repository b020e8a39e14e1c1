"""The bundled models, as they are committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.artifact import styles_file
from model.artifact.model_file import Artifact, load
from model.corpus.bundled import bundled
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import mixture_of, predictor_of
from model.training.finish import memorisation
from tests.support.bundled_lists import read_bundled
from tests.support.checkout import tracked

pytestmark = pytest.mark.no_cover  # large lists; the tests of each module run the same lines

WEIGHTS = Path(__file__).parents[2] / "weights"
LISTS = {"us": "us", "us-girls": "us-girls", "us-boys": "us-boys", "us-seed": "us"}
LIMITS = {"us": 1.94, "us-girls": 1.82, "us-boys": 1.94, "us-seed": 2.20}
"""Nats per letter on test names that each model has to reach."""

PAIRED = ("latvian-surnames", "macedonian-surnames", "russian-surnames", "slovak-surnames")
"""Those with two forms of each surname: an n-gram has by heart most of a test name, whose other form is learned."""

OWN = (
    "czech-surnames", "finnish-places", "flemish-places", "hungarian-places", "irish-surnames", "korean-boys",
    "turkish-surnames", *PAIRED,
)  # fmt: skip
"""Lists that their style does not suit, and which are short enough to be trained from the network of many kinds."""

HALF_PRECISION = 1e-4
"""Nats per letter that writing a network in half precision may cost."""

STYLES = styles_file.load(WEIGHTS / styles_file.FILE)
MAX_BYTES = 18 * 10**6


@pytest.fixture(params=sorted(LIMITS), scope="module")
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def model(name: str) -> Artifact:
    return load(WEIGHTS / f"{name}.npz")


def test_no_other_models_are_bundled() -> None:
    files = [path for path in tracked("weights") if path.suffix == ".npz"]
    assert {path.name for path in files} == {f"{name}.npz" for name in (*LIMITS, *OWN)} | {styles_file.FILE}
    assert sum(path.stat().st_size for path in files) < MAX_BYTES


def test_the_card_tells_the_list_and_its_parts(model: Artifact, name: str) -> None:
    corpus = read_bundled(LISTS[name])
    split = corpus.split()
    facts = model.card.corpus
    assert (facts.title, facts.sha256, facts.names) == (corpus.title, corpus.sha256, len(corpus.names))
    assert (facts.train, facts.validation, facts.test) == tuple(map(len, (split.train, split.validation, split.test)))
    assert facts.test >= (1_800 if name == "us-boys" else 2_000)  # a twentieth of its 37,030 names is less
    np.testing.assert_array_equal(model.hashes, split.hashes)


def test_the_held_out_figure_is_the_cards_and_within_the_promise(model: Artifact, name: str) -> None:
    corpus = read_bundled(LISTS[name])
    told = evaluate(mixture_of(model), corpus.split().test)
    assert told.skipped == 0
    assert told.nats_per_letter == pytest.approx(model.card.nats_per_letter, abs=HALF_PRECISION)
    assert told.nats_per_letter <= LIMITS[name]


def test_it_has_learned_and_not_memorised(model: Artifact, name: str) -> None:
    corpus = read_bundled(LISTS[name])
    told = model.card.memorisation
    assert told.draws == 10_000
    assert told.in_training <= 1.5 * told.in_held_out
    again = memorisation(predictor_of(model), corpus.split(), seed=1)
    assert again.in_training == pytest.approx(told.in_training, abs=0.02)
    assert again.in_training <= 1.5 * again.in_held_out


def test_it_knows_the_names_of_its_list(model: Artifact, name: str) -> None:
    corpus = read_bundled(LISTS[name])
    assert model.contains([corpus.names[0], corpus.names[-1].upper(), "Xqzwv"]) == [True, True, False]


def test_what_is_served_is_better_than_its_n_gram(model: Artifact, name: str) -> None:
    if name == "us-seed":
        assert model.ngram is None
    else:
        assert model.card.comparison.served < model.card.comparison.network < model.card.comparison.ngram


def test_the_styles_are_better_than_their_n_grams_and_of_many_languages_and_scripts() -> None:
    cards = STYLES.cards
    assert cards.keys() <= set(bundled()) - LISTS.keys() - set(OWN)
    assert all(card.comparison.served < card.comparison.ngram for card in cards.values())
    assert len(cards) >= 40
    assert len({card.description.language for card in cards.values()}) >= 25
    assert len({card.description.script for card in cards.values()}) >= 8


@pytest.mark.parametrize("style", ["icelandic-boys", "german-surnames", "hindi-boys", "japanese-surnames"])
def test_a_style_draws_names_and_has_the_figure_of_its_card(style: str) -> None:
    made, corpus = STYLES.model(style), read_bundled(style)
    told = evaluate(mixture_of(made), corpus.split().test)
    assert told.nats_per_letter == pytest.approx(made.card.nats_per_letter, abs=HALF_PRECISION)
    drawn = draw(predictor_of(made), 5, Options(), np.random.default_rng(0))
    assert len(set(drawn.names)) == 5
    assert made.card.description.language in style.title()


@pytest.mark.parametrize("own", OWN)
def test_a_list_with_a_model_of_its_own_is_learned_whole_and_better_than_by_its_n_gram(own: str) -> None:
    made, corpus = load(WEIGHTS / f"{own}.npz"), read_bundled(own)
    facts, figures = made.card.corpus, made.card.comparison
    assert (facts.sha256, facts.train) == (corpus.sha256, len(corpus.names))
    assert figures.served < figures.ngram + 0.13 * (own in PAIRED)
    assert figures.names >= len(corpus.split().test)  # a short list holds out all of its names in turn
    assert made.contains([corpus.names[0], corpus.names[-1].upper(), "Xqzwv"]) == [True, True, False]
    assert len(set(draw(predictor_of(made), 5, Options(), np.random.default_rng(0)).names)) == 5
    assert of_readme(own) == of_card(made)


def test_it_draws_names_with_a_start_that_end_by_themselves(model: Artifact) -> None:
    drawn = draw(predictor_of(model), 5, Options(start="a", max_length=12), np.random.default_rng(0))
    assert drawn.shortfall is None
    assert len(set(drawn.names)) == 5
    assert all(name.startswith("A") and len(name) <= 12 for name in drawn.names)


def test_the_readme_tells_the_figures_of_the_card(model: Artifact, name: str) -> None:
    assert of_readme(name) == of_card(model)


def of_readme(name: str) -> list[str]:
    """What the table of the models says of one."""
    (row,) = [line for line in (WEIGHTS / "README.md").read_text().splitlines() if line.startswith(f"| `{name}.npz`")]
    return [cell.strip() for cell in row.split("|")[2:-1]]


def of_card(model: Artifact) -> list[str]:
    """The same by the model's card."""
    card = model.card
    return [
        card.preset,
        str(card.seed),
        f"{card.comparison.network or card.nats_per_letter:.3f}",
        f"{card.comparison.ngram:.3f}" if card.comparison.ngram else "",
        f"{card.nats_per_letter:.3f}",
        f"{card.memorisation.in_training:.1%}",
        f"{card.memorisation.in_held_out:.1%}",
    ]
