"""Lists as versions before 0.2 read them, whose checkpoints go on."""

from model.corpus.casing import Casing
from model.corpus.corpus import Corpus

LIST = "name,count\nAnna,3\nMcKay\nvan Dyke\nSt. Ives\nR2-D2\nBob,x\nΣς\nCleo,2,f\nO’Brien\nAnna\n"


def test_digits_and_stops_were_no_names_and_case_was_kept_where_one_name_in_a_hundred_was_odd() -> None:
    corpus = Corpus.parse(LIST.encode(), "list")
    before = corpus.as_earlier_versions_read_it()
    assert "st. ives" in corpus.names
    assert corpus.casing.value == "title"
    assert before.names == ("Anna", "Cleo", "McKay", "O'Brien", "van Dyke", "Σς")
    assert before.counts == (4, 2, 1, 1, 1, 1)
    assert (before.casing, before.title) == (Casing.MIXED, "list")


def test_the_casing_was_title_or_lower_where_nearly_all_names_had_it() -> None:
    assert Corpus.of(["Anna", "Γιώργος"], "list").as_earlier_versions_read_it().names == ("anna", "γιώργος")
    assert Corpus.of(["anna", "bob"], "list").as_earlier_versions_read_it().casing == Casing.LOWER


def test_an_ordinary_list_is_the_same_as_before() -> None:
    corpus = Corpus.parse(b"Anna,2\nJean-Luc\nO'Brien\n", "list")
    assert corpus.as_earlier_versions_read_it().sha256 == corpus.sha256
