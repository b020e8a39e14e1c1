"""Models of a few names, in a fixed number of steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.short_lists import load
from model.artifact.bundled_models import bundled_folder
from model.artifact.model_file import pack, unpack
from model.artifact.styles_file import Styles
from model.corpus.corpus import Corpus
from model.corpus.examples import examples
from model.errors import InvalidOption, InvalidWeights
from model.generation.filters import others_than_listed
from model.generation.options import Options
from model.generation.predictor import ngram_of
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import mixture_of, predictor_of
from model.training.adaptation import ALPHABET, FEW, MANY, MOST_FEW, MOST_READ, adapt, plan_of, seed_of, start_of
from model.training.pretraining import Pretraining
from model.training.start import Start
from tests.support.tiny import PRETRAINING, lists

NAMES = [
    "Alverin", "Belthoriel", "Calithiel", "Daerivel", "Elarandir", "Faelivrin", "Galithoriel", "Haldirien",
    "Ilvanareth", "Lindoriel", "Maeriveth", "Nimrodiel", "Oropherin", "Selivrin", "Thalandriel", "Vanelthoriel",
]  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Start:
    """An untaught network of three kinds, in Latin and Cyrillic letters."""
    pretraining = Pretraining(lists(), PRETRAINING, 0)
    return Start.of_styles(Styles(pretraining.network, pretraining.vocabulary, {}))


@pytest.fixture(scope="module")
def real() -> Start:
    return start_of(bundled_folder())


def test_the_same_names_in_any_order_make_the_same_bits(small: Start) -> None:
    first, second = adapt(examples(NAMES), small), adapt(examples(NAMES[::-1]), small)
    assert np.array_equal(first.network.parameters.flat, second.network.parameters.flat)
    assert seed_of(examples(NAMES)) != seed_of(examples(NAMES[1:]))


def test_others_of_the_list_are_predicted_better_than_by_the_n_gram_alone(real: Start) -> None:
    elvish = next(one for one in load() if one.name == "elvish")
    model = adapt(examples(elvish.train(20)), real)
    ngram = ngram_of(model)
    assert ngram is not None
    served, alone = evaluate(mixture_of(model), elvish.test), evaluate(ngram, elvish.test)
    assert served.names > 100
    assert served.nats_per_letter < alone.nats_per_letter - 0.1


def test_no_given_name_comes_back(small: Start) -> None:
    names = ["aa", "ab", "ba", "bb"]
    model = adapt(examples(names), small)
    filters = [others_than_listed(model, "like", "since they were given")]
    options = Options(max_length=3, temperature=2)
    drawn = draw(predictor_of(model), 6, options, np.random.default_rng(0), filters)
    assert drawn.left_out["like"] > 0
    assert drawn.names
    assert not set(map(str.lower, drawn.names)) & set(names)


def test_letters_that_the_network_never_saw_can_be_learned(small: Start) -> None:
    names = ["\u1403\u1431", "\u1431\u1403\u14a5", "\u14a5\u14a5\u1403"]  # Inuktitut
    assert not set("".join(names)) & set(small.vocabulary.letters)
    model = adapt(examples(names), small)
    assert draw(predictor_of(model), 3, Options(), np.random.default_rng(0)).names


LATIN, HAN = "abcdefghijklmnoprstuvz", "".join(map(chr, range(0x4E00, 0x4E00 + 400)))


@pytest.mark.parametrize("letters", [LATIN, HAN])
@pytest.mark.parametrize(("count", "length"), [(3, 3), (20, 8), (64, 9), (65, 9), (200, 3), (200, 8), (200, 60)])
def test_the_work_is_bounded_whatever_the_names(small: Start, letters: str, count: int, length: int) -> None:
    drawn = np.random.default_rng(count).choice(list(letters), (count, length))
    corpus = Corpus.of(map("".join, drawn), "like")
    plan, pace = plan_of(corpus, small), FEW if count <= MOST_FEW else MANY
    epochs, read = plan.steps / -(-count // pace.batch), count * (length + 1)
    assert (plan.batch, plan.learning_rate) == (pace.batch, pace.learning_rate)
    assert 1 <= epochs <= min(pace.epochs, max(1, MOST_READ / read / (1 + len(corpus.vocabulary.letters) / ALPHABET)))
    assert epochs == pace.epochs or 1.5 * read * (epochs + 1) * (1 + len(letters) / ALPHABET) > MOST_READ


def test_a_long_name_among_short_ones_makes_fewer_epochs(small: Start) -> None:
    drawn = np.random.default_rng(0).choice(list(LATIN), (200, 9))
    short = Corpus.of(map("".join, drawn), "like")
    mixed = Corpus.of([*map("".join, drawn), LATIN * 2], "like")
    assert plan_of(mixed, small).steps < 0.9 * plan_of(short, small).steps


def test_what_is_packed_is_the_same_model(small: Start) -> None:
    model = adapt(examples(NAMES), small)
    again = unpack(pack(model), "like")
    assert np.array_equal(again.network.parameters.flat, model.network.parameters.flat)
    assert again.card == model.card
    assert all(again.contains(NAMES))


def test_too_few_names_and_no_network_are_refused(small: Start, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="at least 3"):
        adapt(Corpus.of(["anna", "ben"], "like"), small)
    with pytest.raises(InvalidWeights):
        start_of(tmp_path)
