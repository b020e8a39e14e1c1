"""What `top_p` is where nobody says: a model of a short list is drawn from a little inside its distribution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.artifact.bundled_models import bundled_folder, bundled_models
from model.artifact.card import CorpusFacts
from model.artifact.model_file import Artifact
from model.constraints.constraints import Constraints
from model.generation.blend import blend_of
from model.generation.filters import Filtered, Selection
from model.generation.keys import draw_for_keys
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.sequence import NameSequence
from model.generation.served import INSIDE, SHORT_LIST, default_top_p, mixture_of, predictor_of
from tests.support.random_models import random_model

OPTIONS = Options(max_length=12, unique=False, decent=False)


def model_of(names: int, letters: str = "abcdefgh") -> Artifact:
    """A model whose card counts so many names."""
    return random_model(letters, end=-1.0, corpus=CorpusFacts("random", "0" * 64, names, names, 0, 0))


SHORT, LONG = predictor_of(model_of(SHORT_LIST - 1)), predictor_of(model_of(SHORT_LIST))


def drawn(predictor: object, options: Options) -> list[str]:
    return draw(predictor, 300, options, np.random.default_rng(3)).names  # type: ignore[arg-type]


def test_lists_of_fewer_than_three_hundred_names_are_short() -> None:
    assert [default_top_p(names) for names in (0, 1, 299, 300, 97_310)] == [1, INSIDE, INSIDE, 1, 1]


def test_a_short_lists_model_is_drawn_from_inside_unless_another_top_p_is_asked_for() -> None:
    assert drawn(SHORT, OPTIONS) == drawn(LONG, replace(OPTIONS, top_p=INSIDE))
    assert drawn(SHORT, replace(OPTIONS, top_p=1)) == drawn(LONG, OPTIONS) != drawn(SHORT, OPTIONS)
    assert drawn(SHORT, replace(OPTIONS, top_p=0.5)) == drawn(LONG, replace(OPTIONS, top_p=0.5))


def test_what_a_model_is_judged_by_is_the_whole_distribution() -> None:
    assert mixture_of(model_of(5)).default_top_p == 1


def test_a_draw_tells_the_value_that_was_used() -> None:
    rng = np.random.default_rng(0)
    for predictor, asked, used in ((SHORT, None, INSIDE), (SHORT, 1.0, 1), (LONG, None, 1), (LONG, 0.3, 0.3)):
        options = replace(OPTIONS, top_p=asked)
        assert draw(predictor, 2, options, rng).top_p == used
        assert NameSequence(predictor, options, "w").page(1, 2).top_p == used
        assert draw_for_keys(predictor, ["a"], options).top_p == used
        assert draw(Filtered(predictor, Selection()), 2, options, rng).top_p == used


def test_a_blend_with_a_short_lists_model_is_drawn_from_inside_too() -> None:
    short, long = model_of(SHORT_LIST - 1), model_of(SHORT_LIST)
    assert blend_of([("a", short, 1), ("b", long, 9)]).default_top_p == INSIDE
    assert blend_of([("a", replace(long, network=short.network), 1), ("b", long, 9)]).default_top_p == 1


def test_where_few_names_are_possible_all_of_them_are_drawn() -> None:
    """Who asks for one of four names gets all four."""
    wanted = ["aaaa", "bcde", "hgfe", "ghgh"]
    options = Options(constraints=Constraints(regex="|".join(wanted)))
    found = draw(SHORT, 9, options, np.random.default_rng(0))
    assert sorted(found.names) == sorted(wanted)
    assert found.top_p == 1
    asked = draw(SHORT, 9, replace(options, top_p=0.3), np.random.default_rng(0))
    assert len(asked.names) < len(wanted)
    assert asked.shortfall
    assert "raise top_p, now 0.3" in asked.shortfall


def test_a_shortfall_names_the_default() -> None:
    found = draw(SHORT, 500, Options(max_length=2), np.random.default_rng(0))
    assert found.shortfall
    assert "raise top_p, now 0.9" in found.shortfall
    assert "top_p" not in (draw(LONG, 500, Options(max_length=2), np.random.default_rng(0)).shortfall or "")


@pytest.mark.parametrize("name", ["icelandic-places", "us-seed", "icelandic-girls"])
def test_bundled_models_have_the_default_of_their_cards(name: str) -> None:
    model = bundled_models(bundled_folder())[name]
    expected = INSIDE if name == "icelandic-places" else 1
    assert default_top_p(model.card.corpus.names) == predictor_of(model.load()).default_top_p == expected
