"""Upper and lower case, taken off and put back on."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.corpus.casing import Casing

ANY = st.text(st.characters(categories=["L", "M"]) | st.sampled_from(" -'σΣςİıſßǆŉᎠꭰᏸ\u0307\u0345"), max_size=12)
CASINGS = (
    *Casing.KINDS,
    Casing("title", ("turkish i", "final sigma", "lower -", "lower  de ", "upper ii", "begin Mc|", "begin  d'|")),
    Casing("lower", ("turkish i", "final sigma")),
    Casing("title", ("cherokee", "lower -")),
    Casing("lower", ("cherokee",)),
)
SOME = st.lists(st.text(st.characters(categories=["L"]), min_size=1), max_size=20)


@pytest.mark.parametrize(
    ("names", "casing"),
    [
        (["Anna", "Jean-Luc", "Mary Ann", "O'Brien", "D'Angelo", "Ka'ana", "Íris", "Αθηνά"], Casing.TITLE),
        (["St. Ives", "J. R.", "R2-D2", "Area 51", "Gal·la"], Casing.TITLE),
        (["anna", "jean-luc", "ßa"], Casing.LOWER),
        (["Anna", "bob"], Casing.TITLE),
        (["Anna", "bob", "cleo"], Casing.LOWER),
        (["ANNA", "BOB", "Cleo"], Casing.TITLE),
        (["春香", "さくら", "שרה", "ანა"], Casing.LOWER),
        (["春香", "Anna"], Casing.TITLE),
        ([], Casing.LOWER),
    ],
)
def test_a_list_knows_its_casing(names: list[str], casing: Casing) -> None:
    assert Casing.of(names) == casing


@given(st.lists(st.text(st.characters(categories=["L", "M"]) | st.sampled_from(" -'.1"), min_size=1), max_size=20))
def test_no_list_is_read_as_mixed(names: list[str]) -> None:
    assert Casing.of(names).value in ("title", "lower")


def test_a_name_that_stands_often_counts_once() -> None:
    assert Casing.of(["Anna", *["bob"] * 1000]) == Casing.TITLE


def test_an_unknown_kind_of_casing_is_refused() -> None:
    with pytest.raises(ValueError, match="'loud' is no casing"):
        Casing("loud")


@given(SOME)
def test_the_casing_does_not_depend_on_the_order(names: list[str]) -> None:
    assert Casing.of(names) == Casing.of(reversed(names))


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "Jean-Luc",
        "Mary Ann",
        "O'Brien",
        "D'Angelo-O'Hara",
        "Ka'ana",
        "Éowyn",
        "İpek",
        "İ'Pek",
        "Işık",
        "ǅon",
        "Γιώργος",
        "ßa",
        "ŉa",
        "Ṩa",
        "ანა",
        "春香",
    ],
)
def test_a_title_case_name_comes_back_as_it_was_written(name: str) -> None:
    assert Casing.TITLE.restore_case(Casing.TITLE.fold(name)) == name


@given(ANY)
@example("α'σ")
@example("ıa")
@example("ſmith ford")
@example("i\u0327\u0307a")
@example("i\u0307\u0307")
@example("mcı de σ ii d'a")
def test_folding_takes_off_just_what_dressing_put_on(text: str) -> None:
    for casing in CASINGS:
        folded = casing.fold(text)
        assert casing.fold(casing.restore_case(folded)) == folded


@given(ANY)
def test_folding_twice_is_folding_once(text: str) -> None:
    for casing in CASINGS:
        assert casing.fold(casing.fold(text)) == casing.fold(text)


@given(ANY)
def test_names_are_folded_and_dressed_in_composed_form(text: str) -> None:
    for casing in CASINGS:
        assert unicodedata.is_normalized("NFC", casing.fold(text))
        assert unicodedata.is_normalized("NFC", casing.restore_case(casing.fold(text)))


def test_mixed_casing_leaves_case_alone() -> None:
    assert Casing.MIXED.fold("McDonald") == Casing.MIXED.restore_case("McDonald") == "McDonald"


@pytest.mark.parametrize("casing", [Casing.TITLE, Casing.LOWER])
def test_a_start_has_one_spelling_where_the_list_has_one_case(casing: Casing) -> None:
    assert casing.alternatives("MaR") == [("m",), ("a",), ("r",)]


def test_a_start_may_have_either_case_where_the_list_keeps_it() -> None:
    assert Casing.MIXED.alternatives("Aé-ß") == [("A", "a"), ("é", "É"), ("-",), ("ß",)]


def test_a_sigma_at_the_end_of_a_start_may_be_final_or_not() -> None:
    assert Casing.TITLE.alternatives("ΑΣ") == [("α",), ("ς", "σ")]
    assert Casing.TITLE.alternatives("Σ") == [("σ", "ς")]
    assert Casing.MIXED.alternatives("Σ") == [("Σ", "σ", "ς")]


@given(ANY)
def test_the_folded_start_is_the_first_alternative_in_each_position(start: str) -> None:
    for casing in CASINGS:
        alternatives = casing.alternatives(start)
        assert "".join(options[0] for options in alternatives) == casing.fold(start)
        assert all(len(letter) == 1 for options in alternatives for letter in options)
