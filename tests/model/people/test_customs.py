"""Which surnames women and men have: each surname of the lists with two forms is one of the two."""

from __future__ import annotations

import pytest

from model.people.customs import COMMON, custom_of
from tests.support.bundled_lists import read_bundled

PAIRS = {
    "czech": ("Nováková Novák, Novotná Novotný, Procházková Procházka", 100, 100),
    "greek": ("Παπαδοπούλου Παπαδόπουλος, Γεωργιάδη Γεωργιάδης, Καρρά Καρράς", 639, 811),
    "latvian": ("Bērziņa Bērziņš, Ozola Ozols, Lāce Lācis", 76, 66),
    "macedonian": ("Јовановска Јовановски, Николова Николов", 59, 61),
    "russian": ("Иванова Иванов, Никитина Никитин, Достоевская Достоевский", 250, 250),
    "slovak": ("Horváthová Horváth, Novotná Novotný", 819, 952),
}
"""People to a woman's and a man's form of some surnames, and how many of the list women and men can have."""


@pytest.mark.parametrize("people", PAIRS)
def test_a_surname_of_two_forms_has_one_for_each_gender(people: str) -> None:
    pairs, for_women, for_men = PAIRS[people]
    custom = custom_of(people.title())
    for pair in pairs.split(", "):
        woman, man = pair.split()
        assert custom.has(woman, "girl"), woman
        assert not custom.has(woman, "boy"), woman
        assert custom.has(man, "boy"), man
        assert not custom.has(man, "girl"), man
    corpus = read_bundled(f"{people}-surnames")
    names = [corpus.casing.restore_case(name) for name in corpus.names]
    assert sum(custom.has(name, "girl") for name in names) == for_women
    assert sum(custom.has(name, "boy") for name in names) == for_men


@pytest.mark.parametrize(
    ("language", "woman", "man"),
    [
        ("Polish", "Nowak", "Kowalski"),
        ("Ukrainian", "Гаєвська", "Гаєвський"),
        ("Azerbaijani", "Əliyeva", "Əliyev"),
        ("Azerbaijani", "Yusifqızı", "Əlioğlu"),
        ("Bulgarian", "Иванова", "Иванов"),
        ("Lithuanian", "Kazlauskienė", "Kazlauskas"),
        ("Indonesian", "Purnawati", "Setiawan"),
        ("Bengali", "খাতুন", "উদ্দিন"),
    ],
)
def test_endings_of_one_gender_only_are_not_the_others(language: str, woman: str, man: str) -> None:
    custom = custom_of(language)
    assert custom.agrees
    assert custom.has(woman, "girl")
    assert custom.has(man, "boy")
    assert not custom.has(man, "girl")


@pytest.mark.parametrize(
    ("language", "full"),
    [("German", "A B"), ("Hungarian", "B A"), ("Japanese", "B A"), ("Korean", "BA"), ("Chinese", "BA"), ("", "A B")],
)
def test_the_parts_stand_in_the_order_of_the_language(language: str, full: str) -> None:
    assert custom_of(language).full_name("A", "B") == full


def test_where_nothing_is_known_everybody_can_have_every_surname() -> None:
    assert custom_of("Elvish") == COMMON
    assert not COMMON.agrees
    assert COMMON.has("Novák", "girl")
