"""Letters and marks that stand only at beginnings or ends of words, and those that never do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.places import Places, misplaced, places_of

ARABIC = ["فاطمة", "عائشة", "خديجة", "سمية", "أميرة", "سارة", "نادية", "سعاد", "مريم", "زينب"]
JAPANESE = [f"{one}ン{other}" for one in "アカサタナハマヤラワ" for other in "カサ"]
HEBREW = Places(finals=("ם",), nonfinals=("מ",))


def test_a_letter_without_case_that_ends_words_too_often_for_chance_is_final() -> None:
    assert places_of(ARABIC) == Places((), (), ("ة",), ())
    assert places_of([*ARABIC, "ةب"]) == Places((), (), (), ())  # it stands elsewhere once


def test_a_letter_that_no_word_begins_or_ends_with_is_found_where_it_is_common() -> None:
    assert places_of(JAPANESE) == Places((), ("サ", "ン")[1:], (), ("ン",))
    assert "ン" not in places_of([*JAPANESE, "ンジャ"]).noninitials
    hiragana = [name.replace("ン", "キ") for name in JAPANESE]
    assert "キ" in places_of(hiragana).noninitials
    assert "キ" not in places_of(hiragana[:8]).noninitials  # eight times may be chance


def test_a_letter_that_only_begins_words_is_found_where_it_is_common() -> None:
    names = [f"ஆ{one}{other}" for one in "கசதபம" for other in "யரல"]
    assert places_of(names).initials == ("ஆ",)
    assert "ஆ" not in places_of([*names, "கஆம"]).initials


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("ン", ["アンナ", "ケンジ", "カンナ"]),
        ("ュ", ["シュリ", "リュカ", "キュウ"]),
        ("ะ", ["พระ", "นะมา", "มะลิ"]),
        ("र्", ["वर्मा", "शर्मा", "कर्ण"]),
    ],
)
def test_three_examples_are_enough_for_a_letter_that_hardly_begins_words(part: str, names: list[str]) -> None:
    assert part in places_of(names).noninitials
    assert part not in places_of(names[1:]).noninitials
    assert part not in places_of([*names, f"{part}क"]).noninitials


def test_three_examples_are_enough_for_an_independent_vowel() -> None:
    names = ["ईशान", "ईश्वर", "ईला"]
    assert places_of(names).initials == ("ई",)
    assert places_of(names[1:]).initials == ()
    assert places_of([*names, "भाई"]).initials == ()


def test_a_mark_has_a_place_of_its_own_whatever_its_letter() -> None:
    names = [f"{one}{two}\u0e4c{one}" for one in "กขคจดตนพมส" for two in "กขคจดตนพมส"]  # thanthakhat
    places = places_of(names)
    assert "\u0e4c" in places.noninitials
    assert not any(len(part) > 1 for part in places.noninitials)
    assert misplaced("ห\u0e4cรก\u0e4cย", places) == {"\u0e4c"}


def test_a_letter_may_begin_no_word_with_a_mark_and_many_without() -> None:
    names = [f"{one}न्{other}" for one in "नमप" for other in "तदकगचजर"] + ["प्रम", "श्रम"]
    places = places_of(names)
    assert "न्" in places.noninitials
    assert not {"न", "्"}.intersection(places.noninitials)
    assert misplaced("न्दम", places) == {"न्"}


@pytest.mark.parametrize(
    "names",
    [
        [],
        ARABIC[4:],
        ["anax", "belax", "corax", "dorax", "elax", "forax", "gorax"],
        [f"{one}né{other}" for one in "bcdfghjklm" for other in "aiou"],  # é has a capital, and may begin a word
        ["수원", "창원", "노원", "남원", "철원"],  # every other syllable is at an end
        ["कि", "सि", "ति"] * 9,  # every word is a letter with its mark
    ],
)
def test_nothing_is_learned_from_chance_and_from_letters_with_case(names: list[str]) -> None:
    assert not any(places_of(names))


def test_a_hebrew_final_form_is_final_however_rare_and_its_plain_form_ends_no_word() -> None:
    assert places_of(["מרים", "יוסף"]) == Places((), (), ("ם", "ף"), ("מ", "פ"))
    assert places_of(["מרים", "יוסף", "פיליפ"]) == Places((), (), ("ם", "ף"), ("מ",))
    assert places_of(["מרים", "יוסף", "אםר"]) == Places((), (), ("ף",), ("פ",))


def test_a_letter_alone_begins_a_word_and_ends_none() -> None:
    assert places_of(["מרים", "מ חיים"])[2:] == (("ם",), ("מ",))
    assert not any(places_of([*ARABIC, "ة بيت"]))
    assert "ン" not in places_of([*JAPANESE, "カ ン"]).noninitials


@pytest.mark.parametrize("name", ["אברהם בן", "אברהם-שם", "אברהם'", "אברהם׳", "אברהם.", "אברהם־שם"])
def test_a_word_ends_before_what_divides_it_from_the_next_one(name: str) -> None:
    assert "ם" in places_of([name]).finals
    assert not misplaced(name, HEBREW)


@pytest.mark.parametrize(("name", "letters"), [("צ'רלי", ()), ("ריצ'", ("צ",)), ("ריץ'", ()), ("ץ'רלי", ("ץ",))])
def test_an_apostrophe_belongs_to_the_letter_before_it(name: str, letters: tuple[str, ...]) -> None:
    assert misplaced(name, Places(finals=("ץ",), nonfinals=("צ",))) == set(letters)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("אברהם", ""),
        ("מרים חיים", ""),
        ("אםר", "ם"),
        ("אברהמ-חיים", "מ"),
        ("םמ", "םמ"),
        ("ם", "ם"),
        ("מ חיים", ""),
        ("", ""),
    ],
)
def test_letters_out_of_place_are_found_at_ends(name: str, letters: str) -> None:
    assert misplaced(name, HEBREW) == set(letters)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("ஆகன்", ""), ("கஆன்", "ஆ"), ("ன்கஆ", "ன்|ஆ"), ("ஆ", ""), ("கன் ஆகன்", ""), ("கன்-ன்க", "ன்"), ("ன்", "ன்")],
)
def test_letters_out_of_place_are_found_at_beginnings(name: str, letters: str) -> None:
    assert misplaced(name, Places(initials=("ஆ",), noninitials=("ன்",))) == set(filter(None, letters.split("|")))


@given(st.lists(st.text(st.sampled_from("aé'-. ןםמנنةاأনত্কি"), min_size=1), max_size=60), st.data())
def test_nothing_is_misplaced_in_a_name_of_the_list(names: list[str], data: Any) -> None:
    if names:
        assert not misplaced(data.draw(st.sampled_from(names)), places_of(names))
