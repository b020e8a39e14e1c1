from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.decency.folding import letter_skeleton, skeleton


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zoë", "zoe"),
        ("ＡＮＮＡ", "anna"),
        ("Groß", "gross"),
        ("Æsa Þórný", "aesa thorny"),
        ("Łukasz Øberg", "lukasz oberg"),
        ("Işıl İnci", "isil inci"),
        ("O'Brien", "obrien"),
        ("Jean-Luc", "jean luc"),
        ("St. Ives", "st  ives"),
        ("А\u0301нна", "ahha"),  # Cyrillic
        ("Άννα", "aννa"),
        ("L1s@", "l1sa"),
        ("さくら", "サクラ"),
        ("ガ", "ガ"),
        ("가온", "가온"),
        ("काजल", "काजल"),
        ("علی", "علي"),
        ("مـحمد\u064e", "محمد"),
    ],
)
def test_a_skeleton_has_no_case_no_accents_and_no_look_alikes(name: str, expected: str) -> None:
    assert skeleton(name) == expected


@given(st.text(max_size=20))
def test_a_skeleton_is_made_letter_by_letter(name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    assert skeleton(name) == "".join(letter_skeleton(letter) for letter in composed)


@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)))
def test_case_and_composition_change_no_skeleton(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert skeleton(decomposed) == skeleton(name)
    assert skeleton(name.casefold()) == skeleton(name)
