"""What lists do with upper and lower case beside a capital at the beginning of each word: learned, and done again."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.corpus.case_folding import SMALL_CHEROKEE
from model.corpus.case_learning import MOST_RULES, learn
from model.corpus.case_rules import CaseRules
from model.corpus.casing import Casing

STEMS = [a + b + "el" for a in "bcdfghjklm" for b in "aeiouqrstvw"]
ORDINARY = [stem.capitalize() for stem in STEMS]
"""A hundred and ten ordinary names."""

EXAMPLES = {
    "the four odd ones in a hundred": ["Stoke-on-Trent", "McKay", "van Dyke", "DeLuca"],
    "English places": ["Newcastle upon Tyne", "Ashby de la Zouch", "Isle of Man", "Stratford-on-Avon", "St. Ives"],
    "Scots": ["MacDonald", "MacLeod", "Mackie", "Macias", "McIntyre", "McCoy-Smith"],
    "Americans": ["DeLuca", "DeShawn", "Debra", "Dennis", "LaToya", "Lara", "Larissa"],
    "Dutch": ["van Dyke", "van der Berg", "de Vries", "'t Hooft", "in 't Veld", "Delft"],
    "French places": ["Bourg-d'Oisans", "L'Isle-d'Abeau", "Villeneuve-d'Ascq", "Aix-en-Provence", "L'Haÿ"],
    "Italian": ["Sant'Angelo", "Sant'Elia", "D'Angelo", "Reggio nell'Emilia", "Castel dell'Ovo", "Castel dell'Aquila"],
    "Irish": ["O'Brien", "Dún na nGall", "Baile na hInse", "Ó Briain"],
    "Arabic": ["al-Rashid", "al-Amin", "Al Pacino", "Abd al-Aziz"],
    "Hawaiian": ["ʻOkina", "ʻIolani", "Kaʻiulani", "Ka'ana"],
    "Chinese": ["Mei-ling", "Xiao-long", "Li-na"],
    "African": ["M'baye", "N'golo", "N'diaye"],
    "with numbers": ["R2-D2", "C-3PO", "Area 51", "Louis XIV", "Charles III"],
    "of one letter": ["J. R.", "J.R.R. Tolkien", "Harry S. Truman"],
    "with a middle dot": ["Gal·la", "Marcel·la"],
    "VanDyke": ["VanDyke", "VanHorn", "VanBuren", "Vance", "Vanessa"],
}


@pytest.mark.parametrize("names", EXAMPLES.values(), ids=EXAMPLES)
def test_each_name_comes_back_as_the_list_has_it(names: list[str]) -> None:
    casing = Casing.of([*ORDINARY, *names])
    assert casing.value == "title"
    assert [casing.restore_case(casing.fold(name)) for name in names] == names
    assert [casing.restore_case(stem) for stem in STEMS] == ORDINARY


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (["McKay", "McCoy"], "McVurrie"),
        (["Stoke-on-Trent"], "Brell-on-Dorn"),
        (["van Dyke", "van Gogh"], "van Brell"),
        (["O'Brien"], "O'Dorn"),
        (["DeShawn", "DeAndre", "DeMarco", "DeJuan", "Debra", "Delia"], "DeVonte"),
        (["Sant'Angelo"], "Sant'Ugo"),
        (["Mei-ling", "Xiao-long"], "Hai-fen"),
        (["Bourg-d'Oisans"], "Brell-d'Arn"),
    ],
)
def test_new_names_are_written_by_the_same_rules(names: list[str], name: str) -> None:
    casing = Casing.of([*ORDINARY, *names])
    assert casing.restore_case(casing.fold(name)) == name


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (["DeLuca"], "Debra"),
        (["van Dyke"], "Vance"),
        (["van Dyke"], "Van"),
        (["al-Rashid"], "Al Brell"),
        (["MacDonald", "MacLeod", "Macy", "Mackie", "Macias"], "Mackel"),
        (["Louis XIV"], "Xavier"),
    ],
)
def test_a_rule_does_not_reach_words_that_only_begin_alike(names: list[str], name: str) -> None:
    casing = Casing.of([*ORDINARY, *names])
    assert casing.restore_case(casing.fold(name)) == name


def test_the_rules_are_short_sentences() -> None:
    names = [*ORDINARY, "Stoke-on-Trent", "McKay", "van Dyke", "DeLuca", "Louis XIV"]
    assert Casing.of(names).rules == ("begin DeL", "begin Mc|", "lower -on-", "lower ^van ", "upper xiv")


@pytest.mark.parametrize("names", [["HeLLo", "WelloryL", "SMITH", "anna", "bELla"], ["iPhone"]])
def test_a_name_that_is_odd_in_no_way_that_could_be_learned_makes_no_rule_for_others(names: list[str]) -> None:
    casing = Casing.of([*ORDINARY, *names])
    assert [casing.restore_case(stem) for stem in STEMS] == ORDINARY


def test_what_most_names_do_is_the_rule() -> None:
    casing = Casing.of([*ORDINARY, "van Dyke", "van Gogh", "Van Bergen", "Mei-Ling", "Jean-Luc", "Li-na"])
    assert casing.restore_case("van brell") == "van Brell"
    assert casing.restore_case("brell-dorn") == "Brell-Dorn"


@pytest.mark.parametrize(
    ("written", "restored"),
    [
        (["ANNA", "BOB", "JEAN-LUC", "O'BRIEN"], ["Anna", "Bob", "Jean-Luc", "O'Brien"]),
        (["ΓΙΩΡΓΟΣ", "ΑΝΝΑ", "ΝΙΚΟΣ"], ["Γιωργος", "Αννα", "Νικος"]),
        (["IŞIK", "İPEK", "IRMAK"], ["Işık", "İpek", "Irmak"]),
        (["anna", "jean-luc", "ßa"], ["anna", "jean-luc", "ßa"]),
        (["ışık", "ipek"], ["ışık", "ipek"]),
        (["γιώργος", "σία", "νίκος"], ["γιώργος", "σία", "νίκος"]),
        (["Γιώργος", "Άννα", "Σωτήρης", "Ίων"], ["Γιώργος", "Άννα", "Σωτήρης", "Ίων"]),
        (["Αννα", "Ελενη"], ["Αννα", "Ελενη"]),
        (["Işık", "İpek", "Irmak", "Ali", "Iğdır"], ["Işık", "İpek", "Irmak", "Ali", "Iğdır"]),
        (["Straße", "Groß"], ["Straße", "Groß"]),
        (["Иван", "Анна-Мария"], ["Иван", "Анна-Мария"]),
        (["שרה", "נֹעָה"], ["שרה", "נֹעָה"]),
    ],
)
def test_lists_of_the_world_come_back(written: list[str], restored: list[str]) -> None:
    casing = Casing.of(written)
    names = [unicodedata.normalize("NFC", name) for name in restored]
    assert [casing.restore_case(casing.fold(name)) for name in written] == names


def test_a_list_in_capitals_is_known_as_one() -> None:
    assert learn(["ANNA", "BOB", "Cleo"]).capitals
    assert not learn(["Anna", "BOB", "Cleo"]).capitals


def test_a_turkish_list_has_two_letters_i_and_a_start_follows_it() -> None:
    turkish = Casing.of(["Işık", "İpek", "Ali"])
    assert [turkish.fold(name) for name in ("IŞIK", "İPEK", "ışık", "ipek", "i\u0307pek")] == [
        "ışık", "ipek", "ışık", "ipek", "ipek",
    ]  # fmt: skip
    assert turkish.alternatives("Iİ") == [("ı",), ("i",)]
    assert turkish.alternatives("iı") == [("i",), ("ı",)]


def test_one_guest_makes_no_list_turkish() -> None:
    casing = Casing.of([*ORDINARY, "Isabella", "Işık"])
    assert casing.fold("Isabella") == "isabella"
    assert casing.restore_case(casing.fold("Işık")) == "Işık"


@pytest.mark.parametrize(
    ("names", "casing", "new"),
    [
        (["ᏎᏉᏯ", "ᎠᏂᎶ", "ᏣᎳᎩ"], Casing("lower", ("cherokee",)), "ᏎᏉᎠ"),
        (["ᏎᏉᏯ", "Anna", "Ben"], Casing("title", ("cherokee",)), "ᏎᏉᎠ"),
        (["Ꮞꮙꮿ", "Ꭰꮒꮆ", "Ꮳꮃꭹ"], Casing.TITLE, "Ꮞꮙꭰ"),
        (["ꮞꮙꮿ", "ꭰꮒꮆ", "ꮳꮃꭹ"], Casing.LOWER, "ꮞꮙꭰ"),
    ],
)
def test_cherokee_of_one_case_comes_back_so(names: list[str], casing: Casing, new: str) -> None:
    assert Casing.of(names) == casing
    assert [casing.restore_case(casing.fold(name)) for name in names] == names
    assert casing.restore_case("ꮞꮙꭰ") == new
    assert casing.alternatives("Ꭰ") == [("ꭰ",)]


def test_only_cherokee_letters_are_folded_to_upper_case_by_unicode() -> None:
    small = [chr(code) for code in range(sys.maxunicode) if chr(code).islower() and chr(code).casefold().isupper()]
    assert small == [chr(code) for code in range(sys.maxunicode) if SMALL_CHEROKEE.fullmatch(chr(code))]


def test_both_forms_of_sigma_are_one_letter_where_the_list_has_both() -> None:
    casing = Casing.of(["Γιώργος", "Σωτήρης"])
    assert casing.fold("ΓΙΏΡΓΟΣ") == casing.fold("Γιώργος") == "γιώργοσ"
    assert casing.alternatives("ΟΣ") == [("ο",), ("σ",)]
    assert casing.restore_case("σοσ-σασ σ.") == "Σος-Σας Σ."


@pytest.mark.parametrize("rule", ["", "shout", "lower", "lower x", "begin", "turkish j", "lower anna"])
def test_a_sentence_that_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="is no rule for upper and lower case"):
        CaseRules((rule,))


LETTERS = "aAbBcCdDiIİıoOςσΣéÉMcßDeLvn"
NAMES = st.lists(
    st.text(st.sampled_from(LETTERS + " -'.1·ʻ"), min_size=1, max_size=10).map(
        lambda text: unicodedata.normalize("NFC", text)
    ),
    min_size=1,
    max_size=30,
)


@given(NAMES)
@example(["McA", "van D", "Ii", "İı"])
def test_the_casing_of_any_list_folds_back_what_it_restores(names: list[str]) -> None:
    casing = Casing.of(names)
    for name in names:
        folded = casing.fold(name)
        restored = casing.restore_case(folded)
        assert casing.fold(folded) == folded
        assert casing.fold(restored) == folded
        assert casing.restore_case(casing.fold(restored)) == restored


@given(NAMES)
def test_what_is_learned_can_be_read_again_and_does_not_depend_on_the_order(names: list[str]) -> None:
    casing = Casing.of(names)
    assert Casing(str(casing), casing.rules) == casing == Casing.of(reversed(names))
    assert len(casing.rules) <= MOST_RULES + 2


@given(NAMES)
def test_rules_bring_back_at_least_as_many_names_as_there_would_be_without(names: list[str]) -> None:
    casing = Casing.of(names)
    letters = tuple(rule for rule in casing.rules if rule in ("turkish i", "final sigma"))
    plain = Casing(str(casing), letters)
    right, before = (sum(one.restore_case(one.fold(name)) == name for name in set(names)) for one in (casing, plain))
    assert right >= before


@pytest.mark.no_cover
@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=6), min_size=1, max_size=8))
def test_a_rule_holds_no_whole_name(words: list[str]) -> None:
    names = {unicodedata.normalize("NFC", word) for word in words}
    for rule in Casing.of([*ORDINARY, *names]).rules:
        assert len(rule.removeprefix("begin ").removeprefix("lower ").removeprefix("upper ")) <= 12
