"""Lines that would take long to look at are measured first, in every layout of a list."""

import json

import pytest

from model.corpus import earlier
from model.corpus.corpus import Corpus
from model.corpus.examples import examples
from model.corpus.normal_form import TextTooLong, nfc
from model.corpus.spelling import Fault, tidy, tidy_start
from model.errors import InvalidOption

NAMES = ["Anna", "Ben", "Clara", "Dora", "Emil", "Frida", "Greta"]
MARKS = "a" + "\u0301\u0323" * 200_000
"""Half a minute of processor time to put into normal form, which `nfc` therefore refuses to do."""

LAYOUTS = {
    "lines": "\n".join([*NAMES, MARKS]),
    "first line": "\n".join([MARKS, *NAMES]),
    "table": "\n".join(["name,count", *(f"{name},1" for name in NAMES), f"{MARKS},1"]),
    "header": "\n".join([f"name,{MARKS}", *(f"{name},x" for name in NAMES)]),
    "counts": "\n".join([*(f"{name},1" for name in NAMES), f"Ida,{MARKS}"]),
    "one line": ", ".join([*NAMES, MARKS]),
    "json": json.dumps([*NAMES, MARKS], ensure_ascii=False),
    "objects": json.dumps([{"name": name, MARKS: "x"} for name in NAMES], ensure_ascii=False),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_line_of_marks_is_no_name_and_costs_no_more_than_reading_it(layout: str) -> None:
    corpus = Corpus.parse(LAYOUTS[layout].encode(), "list")
    assert {"anna", "ben", "greta"} <= set(corpus.names)
    assert max(map(len, corpus.names)) < 9


def test_the_names_of_a_request_are_measured_too() -> None:
    corpus = Corpus.of([*NAMES, MARKS], "names")
    assert dict(corpus.skipped).keys() == {Fault.TOO_LONG}
    with pytest.raises(InvalidOption, match="name 8"):
        examples([*NAMES, MARKS])
    assert [row.name for row in earlier.names(earlier.rows(LAYOUTS["lines"]))] == NAMES


def test_no_text_that_was_tidied_is_too_long_to_be_normalised() -> None:
    for text in (tidy(MARKS), tidy_start(MARKS), tidy("\u0958" * 10_000)):
        assert nfc(text)
    with pytest.raises(TextTooLong):
        nfc(MARKS)
