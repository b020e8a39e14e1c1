"""Initials and user names."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from model.people.forms import forms_of


def test_the_forms_of_full_names() -> None:
    found = forms_of([("Ásta", "Jónsdóttir"), ("Ásta", "Jónsdóttir"), ("Anna-María", "de Vries")], "Icelandic")
    assert [one.latin for one in found] == ["Asta Jonsdottir", "Asta Jonsdottir", "Anna-Maria de Vries"]
    assert [one.initials for one in found] == ["ÁJ", "ÁJ", "AMDV"]
    assert [one.username for one in found] == ["asta.jonsdottir", "asta.jonsdottir2", "annamaria.devries"]


def test_the_family_name_goes_first_but_for_user_names() -> None:
    (found,) = forms_of([("ハナコ", "サトウ")], "Japanese")
    assert (found.latin, found.initials, found.username) == ("Sato Hanako", "サハ", "hanako.sato")


def test_initials_are_letters_with_their_marks() -> None:
    assert [one.initials for one in forms_of([("राहुल",), ("ნინო",), ("émile",)])] == ["रा", "ნ", "É"]


@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=2), max_size=12))
def test_user_names_are_distinct_and_fit_for_addresses(names: list[list[str]]) -> None:
    found = [one.username for one in forms_of(names)]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)?\d*", username) for username in found)
