"""Which names of a source a bundled list takes."""

import pytest

from model.corpus.bundled.selection import Spelling, has_odd_case, local_names, select

PLACE = {"name": "Ágios", "alternatenames": ["Agios"]}


@pytest.mark.parametrize("name", ["АнаМария", "kuhar", "USA", "van der", "BaNegev", "Pio XII"])
def test_odd_capitals_are_seen(name: str) -> None:
    assert has_odd_case(name)


@pytest.mark.parametrize(
    "name", ["McDonald", "MacLeod", "O'Brien", "van Dyke", "IJhorst", "თბილისი", "東", "Stoke-on-Trent"]
)
def test_capitals_that_belong_there_are_left_alone(name: str) -> None:
    assert not has_odd_case(name)


@pytest.mark.parametrize(
    "name", ["'s-Hertogenbosch", "Sint-Job-in-'t-Goor", "Ca' Savio", "Torre de' Busi", "St. Helens", "Sault Ste. Marie"]
)
def test_apostrophes_at_the_ends_of_words_and_stops_of_saints_fit(name: str) -> None:
    assert Spelling("Latin").fits(name)


@pytest.mark.parametrize("name", ["Francisco I. Madero", "I. L. Caragiale"])
def test_stops_of_initials_fit(name: str) -> None:
    assert Spelling("Latin").fits(name)


@pytest.mark.parametrize("name", ["Emine.", "Hans-H.", "S.Antonio", "Coop. Cento", "Aeschi b. Spiez"])
def test_stops_of_other_abbreviations_do_not_fit(name: str) -> None:
    assert not Spelling("Latin").fits(name)


def test_joiners_that_shape_letters_stay_and_what_is_invisible_goes() -> None:
    sinhala = Spelling("Sinhala")
    assert select(["ප්\u200dරියා", "\u200bකමලා\u200e"], sinhala) == ["කමලා", "ප්\u200dරියා"]


@pytest.mark.parametrize("name", ["R2", "Kempten (Allgäu)", "A", "Anna ", "-Anna", "Anna--Lena", "Васовa"])
def test_what_is_no_name_of_the_script_does_not_fit(name: str) -> None:
    assert not Spelling("Latin").fits(name)


def test_names_are_spelled_alike_and_taken_once() -> None:
    persian = Spelling("Arabic", replace={"ي": "ی", "ك": "ک"}, remove="[\u064b-\u0652]")
    assert select(["علي", "علی", "كَريم"], persian) == ["علی", "کریم"]


def test_an_alphabet_keeps_letters_of_other_languages_out() -> None:
    russian = Spelling("Cyrillic", letters=frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"))
    assert select(["Рівне", "Орёл"], russian) == ["Орёл"]


def test_patterns_and_named_names_are_left_out() -> None:
    spelling = Spelling("Latin", without="stadt$", like="[A-Z].*", drop=frozenset({"Munich"}))
    assert select(["Munich", "Neustadt", "Ulm"], spelling) == ["Ulm"]


def test_a_place_has_its_main_name_in_latin_and_its_only_one_in_another_script() -> None:
    assert local_names([PLACE], Spelling("Latin")) == ["Ágios"]
    one = PLACE | {"alternatenames": ["Agios", "Άγιος"]}
    two = PLACE | {"alternatenames": ["Άγιος", "Άγιον"]}
    assert local_names([one, two, PLACE], Spelling("Greek")) == ["Άγιος"]


def test_the_reading_of_a_japanese_place_is_the_one_without_the_word_for_town() -> None:
    place = PLACE | {"alternatenames": ["もりおか", "モリオカ", "もりおかし", "盛岡"]}
    assert local_names([place], Spelling("Katakana")) == ["モリオカ"]
