"""Names that are drawn abreast are those that are drawn alone, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from model.artifact.bundled_models import find_model
from model.artifact.card import Architecture
from model.generation.abreast import draw_abreast
from model.generation.blend import blend_of
from model.generation.checkpoints import checked_by
from model.generation.filters import avoiding
from model.generation.keys import ABREAST, draw_for_keys
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.prefixes import find_prefixes
from model.generation.request import Request
from model.generation.served import predictor_of
from model.generation.single import draw_letters
from model.network.network import Network
from model.network.shape import Shape
from tests.support.random_models import random_model

KEYS = [f"key {number}" for number in range(2 * ABREAST + 5)]

OPTIONS = {
    "plain": Options(),
    "as like by default": Options(top_p=0.9, max_length=12),
    "odd": Options(temperature=3, top_k=9, max_length=30),
    "cut": Options(truncate=True, max_length=6, temperature=0.4),
    "cut early": Options(truncate=True, max_length=2),
    "long": Options(min_length=9),
}


def random_predictor(cell: str, layers: int) -> Predictor[Any]:
    """A network of random weights that is not read in the quicker way of single names."""
    model = random_model("abcdefghijklmnop", end=-1, names=("anna", "ben"), mixed=True)
    network = Network.initialise(Shape(cell, model.vocabulary.size, 24, layers), np.random.default_rng(0), np.float32)
    network.parameters.flat[:] *= 2
    card = replace(model.card, architecture=Architecture(cell, layers, 24, True))
    return predictor_of(replace(model, network=network, card=card))


MODELS: dict[str, Callable[[], Predictor[Any]]] = {
    "gru": lambda: random_predictor("gru", 2),
    "vanilla": lambda: random_predictor("vanilla", 2),
    "us": lambda: predictor_of(find_model("us")),
    "korean-boys": lambda: predictor_of(find_model("korean-boys")),
}


def generators(number: int) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in range(number)]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_name_is_the_same_alone_and_abreast_of_any_others(model: str, options: Options) -> None:
    predictor = MODELS[model]()
    request = Request(predictor, find_prefixes(predictor, options), None, options)
    alone = [draw_letters(request, rng) for rng in generators(40)]
    assert len({tuple(letters) for letters, _ in alone}) > 5
    for number in (1, 2, 3, 17, 40):
        assert draw_abreast(request, generators(number)) == alone[:number]


@pytest.mark.no_cover
@pytest.mark.parametrize("model", MODELS)
def test_keys_have_the_names_that_they_have_one_by_one(model: str) -> None:
    predictor = MODELS[model]()
    common = {name for name in draw_for_keys(predictor, KEYS, Options()).names if len(name) < 6}
    filters = [avoiding(common, predictor, "avoid", "to avoid them")]  # so that some need further attempts
    together = draw_for_keys(predictor, KEYS, Options(), filters)
    one_by_one = [draw_for_keys(predictor, [key], Options(), filters) for key in KEYS]
    assert together.names == [each.names[0] for each in one_by_one]
    assert together.left_out["avoid"] == sum(each.left_out["avoid"] for each in one_by_one) > 0
    assert all(together.names)
    assert together.shortfall is None


def test_names_that_have_ended_when_time_runs_out_are_kept() -> None:
    predictor, options = MODELS["gru"](), Options(max_length=40)
    whole = draw_for_keys(predictor, KEYS, options).names
    looks = count()
    with checked_by(lambda _: next(looks) < 12):
        drawn = draw_for_keys(predictor, KEYS, options)
    assert 0 < sum(map(bool, drawn.names)) < len(KEYS)
    assert all(name in {"", its} for name, its in zip(drawn.names, whole, strict=True))
    assert drawn.shortfall is not None
    assert "in the time that one answer has" in drawn.shortfall


def test_what_cannot_be_read_abreast_is_drawn_one_by_one() -> None:
    names = ("us-boys", "us-girls")
    blend = blend_of([(name, find_model(name), 1.0) for name in names])
    assert blend.apart is None
    drawn = draw_for_keys(blend, KEYS[:9], Options()).names
    assert drawn == [draw_for_keys(blend, [key], Options()).names[0] for key in KEYS[:9]]
    assert predictor_of(find_model("us-seed")).apart is None
