import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.normal_form import MAX_LETTERS, TextTooLong, is_nfc, nfc, nfd, nfkc

MARKS = "a" + "\u0301\u0323" * (MAX_LETTERS // 2)


@given(st.text(max_size=30))
def test_the_forms_are_those_of_unicode(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)
    assert nfd(text) == unicodedata.normalize("NFD", text)
    assert nfkc(text) == unicodedata.normalize("NFKC", text)
    assert is_nfc(text) == unicodedata.is_normalized("NFC", text)


def test_a_text_that_is_too_long_is_not_looked_at() -> None:
    assert nfc(MARKS[:MAX_LETTERS])
    for form in (nfc, nfd, nfkc, is_nfc):
        with pytest.raises(TextTooLong, match=r"2,001 letters .* give at most 2,000"):
            form(MARKS)
