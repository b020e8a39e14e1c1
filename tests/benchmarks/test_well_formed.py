"""The benchmark of draws that have what their list never has."""

import pytest

from benchmarks import well_formed
from model.artifact.bundled_models import bundled_models
from model.corpus.checker import Rate

CARDS = {name: one.card for name, one in bundled_models(well_formed.WEIGHTS).items()}
SMALLEST = sorted(CARDS, key=lambda name: CARDS[name].corpus.names)[:2]


def test_it_says_of_named_models_that_none_draws_what_its_list_never_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert well_formed.main(SMALLEST) == 0
    _, _, *rows, total, found = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == SMALLEST
    assert all(row.split()[-5:] == ["0.0"] * 5 for row in rows)
    assert total.startswith("2 models, 2,000 draws; ")
    assert found == "models with any: none"


def test_the_summary_has_the_worst_rates() -> None:
    found = well_formed.summary({"a": Rate(clusters=0.001, any=0.001), "b": Rate(casing=0.02, any=0.02), "c": Rate()})
    assert found == (
        "3 models, 3,000 draws; the worst served: clusters 0.1 %, casing 2.0 %, accents 0.0 %, places 0.0 %, "
        "lengths 0.0 %\nmodels with any: a, b"
    )


def test_a_name_that_is_no_bundled_model_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        well_formed.main(["elves"])
    assert "there are no bundled models called elves" in capsys.readouterr().err
