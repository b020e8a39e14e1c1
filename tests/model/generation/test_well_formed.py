"""Drawing and scoring names whose clusters and accents are those of a list."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.corpus.accents import accents_of
from model.corpus.casing import Casing
from model.corpus.clusters import clusters_of
from model.corpus.patterns import Patterns
from model.corpus.places import misplaced
from model.corpus.shapes import shapes_of
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.sampling import draw
from model.generation.scoring import letter_log_probabilities, score
from model.generation.well_formed import LEAST_LOG_PROBABILITY, WellFormed, well_formed
from model.network.output import log_softmax
from tests.support.random_models import random_model, random_predictor

LISTS = {
    "Tamil": ["தமிழ்", "கதிர்", "மணி", "கார்த்திக்"],
    "Hindi": ["लक्ष्मी", "राम", "सीता", "कृष्ण"],
    "Thai": ["เก่ง", "สมชาย", "น้ำ", "แก้ว"],
    "Hebrew": ["נֹעָה", "שָׂרָה", "ג׳ון"],
    "Persian": ["علی\u200cرضا", "امیر", "محمد\u200cعلی"],
    "Sinhala": ["ශ්\u200dරී", "රාම"],
    "Malayalam": ["നവീന്\u200d", "രാമ"],
    "Yoruba": ["ọ́ba", "àdé"],
}


def predictor_for(names: list[str], seed: int = 0) -> WellFormed:
    inner = random_predictor("".join(set("".join(names))), seed=seed)
    return WellFormed(inner, Patterns.of(names, inner.casing))


@pytest.mark.parametrize("names", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("options", [{}, {"truncate": True, "max_length": 3}, {"temperature": 30, "top_k": 5}])
def test_every_cluster_that_is_drawn_stands_in_the_list(names: list[str], options: dict[str, Any]) -> None:
    known = {cluster for name in names for cluster in clusters_of(name)}
    bare = draw(random_predictor("".join(set("".join(names)))), 300, Options(unique=False, **options), rng())
    drawn = draw(predictor_for(names), 300, Options(unique=False, **options), rng())
    assert len(drawn.names) == 300
    assert {cluster for name in drawn.names for cluster in clusters_of(name)} <= known
    assert not {cluster for name in bare.names for cluster in clusters_of(name)} <= known


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_greek_words_are_drawn_with_one_accent_where_the_list_has_one() -> None:
    names = ["γιώργοσ", "μαρία", "νίκοσ", "ελένη"]
    predictor = predictor_for(names)
    drawn = draw(predictor, 200, Options(unique=False), rng()).names
    assert {"1"} == {pattern[0] for name in drawn for pattern in accents_of(name)}


def test_a_vietnamese_word_is_drawn_with_one_syllable_where_the_list_has_one() -> None:
    drawn = draw(predictor_for(["nguyễn", "minh", "trần", "lan"]), 200, Options(unique=False), rng()).names
    assert {"1s"} == {pattern for name in drawn for pattern in accents_of(name)}


@pytest.mark.parametrize("names", LISTS.values(), ids=LISTS)
def test_what_is_allowed_keeps_its_odds_and_sums_to_one(names: list[str]) -> None:
    predictor = predictor_for(names)
    inner = predictor._inner
    state, inside = predictor.start(3), inner.start(3)
    for letter in predictor.vocabulary.encode(names[0]):
        logits, before = predictor.logits(state), inner.logits(inside)
        kept = np.isfinite(logits)
        assert np.array_equal(logits[kept], before[kept])
        probabilities = np.exp(predictor.log_probabilities(state))
        assert probabilities.sum(axis=0) == pytest.approx(1, abs=1e-6)
        assert np.allclose(predictor.log_probabilities(state)[kept], log_softmax(logits)[kept])
        letters = np.full(3, letter)
        state, inside = predictor.advance(state, letters), inner.advance(inside, letters)


@pytest.mark.parametrize("names", LISTS.values(), ids=LISTS)
def test_a_name_of_the_list_is_no_less_probable_than_before(names: list[str]) -> None:
    predictor = predictor_for(names)
    for name in names:
        letters = np.array(predictor.vocabulary.encode(name))[:, None]
        guarded, bare = (letter_log_probabilities(one, letters) for one in (predictor, predictor._inner))
        assert (guarded >= bare - 1e-9).all()


def test_a_name_with_a_cluster_from_elsewhere_gets_a_bad_figure_and_not_none() -> None:
    predictor = predictor_for(LISTS["Tamil"])
    found = score(predictor, ["தீ", "்த", "தமி"][1:2])[0]
    assert found.log_probabilities is not None
    assert min(found.log_probabilities) == pytest.approx(LEAST_LOG_PROBABILITY)
    assert np.isfinite(found.log_probability)


def test_the_rows_of_a_state_can_be_taken_apart() -> None:
    predictor = predictor_for(LISTS["Hindi"])
    letters = np.array(predictor.vocabulary.encode("राम"))
    state = predictor.advance(predictor.start(3), letters)
    taken = predictor.take(state, np.array([2, 0]))
    assert np.array_equal(predictor.logits(taken), predictor.logits(state)[:, [2, 0]])


def test_a_start_may_break_the_rules_and_the_name_goes_on_by_them() -> None:
    predictor = predictor_for(LISTS["Tamil"])
    start = "மீ"[:1] + "ி"
    assert all(name.startswith(start) for name in draw(predictor, 5, Options(start=start), rng()).names)


def test_words_are_drawn_only_in_shapes_that_the_list_has() -> None:
    names = ["o'brien", "jean-luc", "anna", "mckay", "stoke-on-trent"]
    casing = Casing.of(["O'Brien", "Jean-Luc", "Anna", "McKay", "Stoke-on-Trent"])
    inner = random_predictor("".join(set("".join(names))), casing=casing)
    shapes = {shape for name in names for shape in shapes_of(casing.restore_case(name))}
    guarded = draw(WellFormed(inner, Patterns.of(names, casing)), 200, Options(unique=False), rng()).names
    assert {shape for name in guarded for shape in shapes_of(name)} <= shapes
    assert (
        not {shape for name in draw(inner, 200, Options(unique=False), rng()).names for shape in shapes_of(name)}
        <= shapes
    )


@pytest.mark.parametrize("options", [{}, {"truncate": True, "max_length": 3}])
def test_final_letters_are_drawn_only_at_ends_of_words_and_their_plain_forms_only_within(
    options: dict[str, Any],
) -> None:
    predictor = predictor_for(["שלום", "מרים", "נעם", "דן", "רון"])
    guarded, bare = (
        draw(one, 300, Options(unique=False, **options), rng()).names for one in (predictor, predictor._inner)
    )
    assert len(guarded) == 300
    for names, are_right in ((guarded, True), (bare, False)):
        assert any(letter in name[:-1] for name in names for letter in "םן") is not are_right
        assert any(name.endswith(("מ", "נ")) for name in names) is not are_right


TAMIL_PLACES = Patterns(initials=("ஆ",), noninitials=("ன்", "ல"))


def test_letters_are_drawn_only_where_they_can_begin_words() -> None:
    inner = random_predictor("ஆகதன்ல -")
    guarded, bare = (
        draw(one, 300, Options(unique=False), rng()).names for one in (WellFormed(inner, TAMIL_PLACES), inner)
    )
    assert len(guarded) == 300
    for names, are_right in ((guarded, True), (bare, False)):
        words = [word for name in names for word in re.split("[ -]", name)]
        assert any(re.match("ன்(?!\u0bcd)|ல", word) for word in words) is not are_right
        assert any("ஆ" in word[1:] for word in words) is not are_right


@pytest.mark.parametrize("start", ["ல", "ன்", "ன்க", "கஆ", "க ன்த"])
def test_a_start_that_no_name_of_the_list_has_begins_names_all_the_same(start: str) -> None:
    guarded = WellFormed(random_predictor("ஆகதன்ல -"), TAMIL_PLACES)
    drawn = draw(guarded, 50, Options(start=start, unique=False), rng()).names
    assert len(drawn) == 50
    assert all(name.startswith(start) for name in drawn)
    assert not any(part not in start for name in drawn for part in misplaced(name, TAMIL_PLACES.places))


@pytest.mark.parametrize("truncate", [False, True])
def test_no_name_has_fewer_letters_than_those_of_the_list_unless_only_fewer_fit(truncate: bool) -> None:
    inner = random_predictor("abc", end=1.0)
    guarded = WellFormed(inner, Patterns(fewest_letters=3))

    def lengths(predictor: Predictor[Any], **options: Any) -> set[int]:
        drawn = draw(predictor, 200, Options(unique=False, truncate=truncate, **options), rng())
        assert len(drawn.names) == 200
        return set(map(len, drawn.names))

    assert min(lengths(inner)) == 1
    assert min(lengths(guarded)) == 3
    assert min(lengths(guarded, start="a")) == 3
    assert min(lengths(guarded, start="abcab")) == 5
    assert min(lengths(guarded, min_length=4)) == 4
    assert lengths(guarded, max_length=3) == {3}
    assert lengths(guarded, max_length=2) == {1, 2}


def test_a_shortfall_reports_the_lengths_that_were_kept() -> None:
    guarded = WellFormed(random_predictor("a", end=99.0), Patterns(fewest_letters=3))
    shortfall = draw(guarded, 5, Options(), rng()).shortfall
    assert shortfall is not None
    assert shortfall.startswith("no name of 3 to 20 letters")


def test_a_predictor_without_marks_is_asked_as_it_is() -> None:
    inner = random_predictor("ab'")
    guarded = WellFormed(inner, Patterns.of(["a'b", "ab"], inner.casing))
    assert np.array_equal(guarded.log_probabilities(guarded.start(2)), inner.log_probabilities(inner.start(2)))
    assert np.array_equal(guarded.logits(guarded.start(2)), inner.logits(inner.start(2)))


def test_a_list_without_marks_and_accents_needs_no_guard() -> None:
    model = random_model("abc")
    inner = random_predictor("abc")
    assert well_formed(inner, model.card) is inner
    assert well_formed(inner, replace(model.card, fewest_letters=3)).fewest_letters == 3
