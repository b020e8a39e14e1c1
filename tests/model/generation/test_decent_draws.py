"""Slurs and obscenities are left out of what is drawn, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from model.constraints.constraints import Constraints
from model.decency.verdict import is_decent
from model.generation.filters import Filtered, Selection, decent
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of
from tests.support.random_models import random_model, random_predictor

WORDS = ("as", "bas")
"""Left out beside the lists, so that short names over few letters are."""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.no_cover
def test_the_draw_is_that_of_the_model_given_that_names_are_decent() -> None:
    predictor = predictor_of(random_model("abs", seed=3), WORDS)
    options = Options(max_length=4, unique=False)
    free = Counter(draw(predictor, 60_000, replace(options, decent=False), rng(1)).names)
    kept = draw(predictor, 60_000, options, rng(2))
    counts = Counter(kept.names)
    decent = {name: count for name, count in free.items() if is_decent(name, "", WORDS)}
    assert "as" in free
    assert counts.keys() <= {name for name in counts if is_decent(name, "", WORDS)}
    distance = sum(abs(counts[name] / 60_000 - decent.get(name, 0) / sum(decent.values())) for name in counts | decent)
    assert distance / 2 < 0.02
    expected = 60_000 * (60_000 / sum(decent.values()) - 1)
    assert kept.left_out["decent"] == pytest.approx(expected, rel=0.05)


def test_the_count_is_honoured_and_what_was_left_out_is_counted() -> None:
    predictor = predictor_of(random_model("as", seed=1), ["*a*"])
    drawn = draw(predictor, 40, Options(unique=False), rng())
    assert len(drawn.names) == 40
    assert all(set(name) == {"s"} for name in drawn.names)
    assert drawn.left_out["decent"] > 0
    assert drawn == draw(predictor, 40, Options(unique=False), rng())


def test_nothing_is_left_out_where_it_is_not_asked_for() -> None:
    predictor = predictor_of(random_model("as"), ["*a*"])
    drawn = draw(predictor, 40, Options(unique=False, decent=False), rng())
    assert drawn.left_out == {}
    assert any("a" in name for name in drawn.names)


def test_where_all_is_left_out_the_shortfall_says_so() -> None:
    drawn = draw(predictor_of(random_model("ab"), ["*a*", "*b*"]), 1, Options(), rng())
    assert drawn.names == []
    assert drawn.shortfall is not None
    assert drawn.shortfall.endswith(
        f"; {drawn.left_out['decent']:,} more were left out as indecent, which decent=false keeps"
    )


def test_names_without_anything_to_leave_out_are_drawn_as_before() -> None:
    options = Options(max_length=6, unique=False)
    plain = draw(random_predictor("bcd"), 500, replace(options, decent=False), rng())
    assert draw(random_predictor("bcd"), 500, options, rng()) == replace(plain, left_out={"decent": 0})


def test_the_language_is_that_of_the_card() -> None:
    model = random_model("aiprstu")
    assert predictor_of(model).languages == ()
    assert predictor_of(model, ["x"]).words_left_out == ("x",)


@pytest.mark.parametrize(
    ("constraints", "start", "is_exact"),
    [
        (Constraints(pattern="??"), "", True),  # so few names that all are scored
        (Constraints(contains="a"), "", True),  # which the model often meets
        (Constraints(pattern="*bababababab*"), "s", False),  # which it hardly ever does
    ],
)
def test_constrained_names_are_decent_too(constraints: Constraints, start: str, is_exact: bool) -> None:
    predictor = predictor_of(random_model("abs", seed=3), ["*as", "*sb*"])
    options = Options(start=start, constraints=constraints, unique=False, max_length=16)
    free = draw(predictor, 300, replace(options, decent=False), rng())
    drawn = draw(predictor, 300, options, rng())
    assert any(name.endswith("as") or "sb" in name for name in free.names)
    assert len(drawn.names) == 300
    assert not any(name.endswith("as") or "sb" in name for name in drawn.names)
    assert drawn.left_out["decent"] > 0
    assert free.left_out == {}
    assert drawn.exact is free.exact is is_exact


def test_it_is_the_inner_predictor_but_for_what_it_keeps() -> None:
    inner = predictor_of(random_model("abs"), WORDS)
    selection = Selection([decent(inner)])
    outer = Filtered(inner, selection)
    state = outer.advance(outer.take(outer.start(3), np.array([0, 2])), np.array([1, 2]))
    assert np.array_equal(outer.log_probabilities(state), inner.log_probabilities(state))
    assert np.array_equal(outer.logits(state), inner.logits(state))
    assert outer.automaton is inner.automaton is None
    assert outer.keep(["as", "asa", "bas", "sa"]) == ["asa", "sa"]
    assert selection.left_out == {"decent": 2}
