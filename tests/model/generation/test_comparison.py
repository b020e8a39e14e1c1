"""Which models a name sounds like."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from model.artifact.bundled_models import bundled_folder, bundled_models, load_bundled
from model.artifact.card import Card
from model.artifact.styles_file import load, save
from model.generation.comparison import BEST, Comparison
from model.generation.scoring import score
from model.generation.served import predictor_of


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return Comparison(bundled_models(bundled_folder()), bundled_folder())


@pytest.fixture(scope="module")
def cards() -> dict[str, Card]:
    return {name: one.card for name, one in bundled_models(bundled_folder()).items()}


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "name", ["Siobhan", "Guðrún", "Ελπινίκη", "Anaïs-Marie", "सुनीता", "さくら", "АННА", "van der Berg"]
)
def test_each_model_gives_a_name_the_nats_per_letter_that_it_gives_by_itself(name: str, comparison: Comparison) -> None:
    likely = comparison.compare([name])[0]
    assert [one.nats_per_letter for one in likely] == sorted(one.nats_per_letter for one in likely)
    for one in likely:
        alone = score(predictor_of(load_bundled(bundled_folder(), one.model)), [name])[0]
        assert one.nats_per_letter == pytest.approx(alone.nats_per_letter, rel=1e-4)


@pytest.mark.parametrize("name", ["Ελπινίκη", "सुनीता", "ساره"])
def test_no_model_that_can_spell_the_name_is_better_than_those_named(
    name: str, comparison: Comparison, cards: dict[str, Card]
) -> None:
    scores = {}
    for model, card in cards.items():
        if set(name.lower()) <= set(card.letters):
            scored = score(predictor_of(load_bundled(bundled_folder(), model)), [name])[0]
            scores[model] = scored.nats_per_letter
    best = sorted(scores, key=scores.__getitem__)[:BEST]
    assert len(best) >= 4
    assert [one.model for one in comparison.compare([name])[0]] == best


@pytest.mark.parametrize(
    ("name", "language", "kind"),
    [
        ("Marchettini", "Italian", "surnames"),
        ("Ragnhildur", "Icelandic", "girls"),
        ("Obersteinbach", "German", "places"),
        ("Kowalczewski", "Polish", "surnames"),
        ("Papadopoulakis", "", ""),
    ],
)
def test_a_name_sounds_like_the_lists_it_could_stand_in(
    name: str, language: str, kind: str, comparison: Comparison, cards: dict[str, Card]
) -> None:
    likely = [cards[one.model].description for one in comparison.compare([name])[0]]
    assert len(likely) == BEST
    if language:
        assert (language, kind) in {(one.language, one.kind) for one in likely}


def test_names_are_compared_each_by_itself(comparison: Comparison) -> None:
    names = ["Anna", "Οδυσσέας", "q̈", "", "anna"]
    together = comparison.compare(names)
    assert together[2:4] == [[], []]
    for name, likely in zip(names, together, strict=True):
        assert [one.model for one in comparison.compare([name])[0]] == [one.model for one in likely]


@pytest.mark.parametrize("styles", [None, b"no network"], ids=["none", "damaged"])
def test_without_the_network_of_many_kinds_and_with_a_damaged_model_the_others_are_compared(
    styles: bytes | None, tmp_path: Path
) -> None:
    names = ("us-seed", "irish-surnames", "finnish-places")
    for name in names:
        shutil.copy(bundled_folder() / f"{name}.npz", tmp_path)
    models = bundled_models(tmp_path)
    if styles is not None:
        (tmp_path / "styles.npz").write_bytes(styles)
    (tmp_path / "irish-surnames.npz").write_bytes(b"no model")
    likely = Comparison(models, tmp_path).compare(["anna"])[0]
    assert {one.model for one in likely} == {"us-seed", "finnish-places"}


def test_a_style_whose_list_is_gone_is_left_out(tmp_path: Path) -> None:
    shutil.copy(bundled_folder() / "styles.npz", tmp_path)
    styles = load(tmp_path / "styles.npz")
    changed = {name: replace(card, corpus=replace(card.corpus, sha256="0" * 64)) if name.endswith("girls") else card
               for name, card in styles.cards.items()}  # fmt: skip
    save(replace(styles, cards=changed), tmp_path / "styles.npz")
    likely = Comparison(bundled_models(tmp_path), tmp_path).compare(["Ragnhildur"])[0]
    assert likely[0].model == "icelandic-boys"
    assert not any(one.model.endswith("girls") for one in likely)
