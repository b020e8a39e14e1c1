"""The benchmark of drawing inside the distribution."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import inside
from model.artifact.bundled_models import bundled_models
from model.generation.options import Options, letter_weights
from model.generation.served import SHORT_LIST
from tests.support.random_models import random_predictor

CARDS = {name: one.card for name, one in bundled_models(inside.WEIGHTS).items()}


def test_it_prints_what_each_way_of_a_short_lists_model_wins_and_costs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "names.txt"
    assert inside.main(["icelandic-places", "--names", str(page)]) == 0
    _, *rows = capsys.readouterr().out.splitlines()
    found = {(option, float(value)): figures for option, value, *figures in map(str.split, rows)}
    assert list(found) == [(way.option, way.value) for way in inside.WAYS]
    assert found["top_p", 1.0][3] == "100%"
    nats = [float(found["top_p", value][2]) for value in (1.0, 0.95, 0.9, 0.85, 0.8)]
    assert nats == sorted(nats, reverse=True)
    numbers = list(range(1, inside.READ * len(inside.WAYS) + 1))
    assert [int(number) for number in re.findall(r"(\d+) ", page.read_text().partition("\n")[2])] == numbers
    assert len(page.with_suffix(".key").read_text().splitlines()) == len(numbers)


def test_min_p_leaves_out_what_is_less_probable_than_a_share_of_the_most_probable() -> None:
    inner = random_predictor("abcdefgh")
    whole, cut = (letter_weights(one.logits(one.start(1)), Options()) for one in (inner, inside.MinP(inner, 0.3)))
    assert ((cut > 0) == (whole >= 0.3 * whole.max())).all()
    assert 0 < (cut > 0).sum() < len(whole)
    assert np.allclose(cut[cut > 0], whole[cut > 0])


def test_the_models_are_of_short_lists() -> None:
    assert all(CARDS[name].corpus.names < SHORT_LIST for name in inside.MODELS)
