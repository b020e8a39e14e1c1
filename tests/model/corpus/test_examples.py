import pytest

from model.corpus.examples import MOST, MOST_LETTERS, examples, scripts_of
from model.errors import InvalidOption

NAMES = ["Selivrin", "Elrandir", "Thaliel"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Anna", "Ben", "x@y", "12"], "'x@y' (name 3) has a symbol that is not part of names, '12' (name 4) has dig"),
        (["Anna", "Ben", "a" * 65], "(name 3) has more than 64 letters"),
        (["Anna", "Ben", "-"], "'-' (name 3) has a space, hyphen"),
        (["Name", "Anna", "Ben", "Eva"], "'Name' (name 1) is the header of the columns"),
        (["Anna", "Ben", "ANNA", "Eva"], "has names twice: 'Anna' (names 1, 3)"),
        (["Zoe\u0301", "Ben", "Zo\u00e9", "Eva"], "has names twice: 'Zo\u00e9' (names 1, 3)"),
        (["Anna", "\u0411\u043e\u0440\u0438\u0441", "Eva"], "mixes scripts (Latin as in 'Anna', Cyrillic as in "),
        (["Anna", " ", "Ben", "\u200e"], "has 2 names; give at least 3"),
        (["Anna", "anna", "Ben"], "has 2 different names; give at least 3"),
        ([], "has 0 names; give at least 3"),
        ([f"a{'b' * n}" for n in range(60)] * 4, f"has 240 names; give at most {MOST}"),
        (["".join(map(chr, range(0x4E00 + 3 * n, 0x4E03 + 3 * n))) for n in range(200)], "600 different letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_names_is_told(names: list[str], told: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        examples(names)
    assert refused.value.option == "like"
    assert told in refused.value.reason


def test_a_message_stays_short_however_much_is_wrong() -> None:
    with pytest.raises(InvalidOption) as refused:
        examples(["@" * 1000] * MOST)
    assert len(refused.value.reason) < 1000
    assert f"and {MOST - 5} more" in refused.value.reason


def test_the_order_of_the_names_makes_no_difference() -> None:
    names = [*NAMES, "van Dyke", "McKay", "O'Neil", "MARIA"]
    first, second = examples(names), examples(names[::-1])
    assert (first.names, first.casing.rules, first.sha256) == (second.names, second.casing.rules, second.sha256)
    assert len(first.names) == len(names)


def test_blank_names_are_left_alone() -> None:
    assert examples(["", *NAMES, "  "]).names == tuple(sorted(name.lower() for name in NAMES))


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("Zo\u00eb II", {"Latin"}),
        ("O\u02bbahu", {"Latin"}),
        ("\u3042\u3044\u5b50\u30ab", {"East Asian"}),
        ("\uae40\u6c0f", {"East Asian"}),
        ("\u0e01\u0e34\u0e15", {"Thai"}),
        ("\u0430a", {"Cyrillic", "Latin"}),
        ("\uff21\uff22", {"Latin"}),
        ("-1", set()),
    ],
)
def test_letters_that_are_written_together_are_of_one_script(name: str, scripts: set[str]) -> None:
    assert scripts_of(name) == scripts


def test_as_many_letters_as_may_are_taken() -> None:
    names = ["".join(map(chr, range(0x4E00 + 4 * n, 0x4E04 + 4 * n))) for n in range(MOST_LETTERS // 4)]
    assert len(examples(names).vocabulary.letters) == MOST_LETTERS
