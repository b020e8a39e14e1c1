"""A list of names, ready to learn from."""

import hashlib
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.corpus.casing import Casing
from model.corpus.corpus import Corpus
from model.corpus.parsing import Lines
from model.corpus.report import report
from model.corpus.spelling import Fault
from model.errors import BadCorpus


def assert_sound(corpus: Corpus) -> None:
    assert list(corpus.names) == sorted(set(corpus.names))
    assert len(corpus.names) == len(corpus.counts) == len(corpus.lines)
    assert min(corpus.counts) > 0
    assert [corpus.casing.fold(corpus.casing.restore_case(name)) for name in corpus.names] == list(corpus.names)
    assert [corpus.vocabulary.decode(corpus.vocabulary.encode(name)) for name in corpus.names] == list(corpus.names)
    assert len(corpus.sha256) == 64


@pytest.fixture
def elves(tmp_path: Path) -> Path:
    path = tmp_path / "elves.txt"
    path.write_bytes(b"\xef\xbb\xbf# of the wood\r\nLegolas,2\r\nELROND,1\r\nArwen\r\n\r\nElrond,4\r\nR2/D2,9\r\n")
    return path


def test_a_file_is_read_into_distinct_sorted_folded_names_with_their_counts(elves: Path) -> None:
    corpus = Corpus.read(elves)
    assert corpus.title == "elves"
    assert corpus.casing == Casing.TITLE
    assert dict(zip(corpus.names, corpus.counts, strict=True)) == {"arwen": 1, "elrond": 5, "legolas": 2}
    assert corpus.lines == (4, 3, 2)
    assert corpus.odd_casing == Lines(1, (3,))
    assert corpus.skipped == ((Fault.SYMBOL, Lines(1, (7,))),)
    assert corpus.counted


def test_a_title_of_ones_own_takes_the_place_of_the_file_name(elves: Path) -> None:
    assert Corpus.read(elves, title="Elves").title == "Elves"


def test_the_same_bytes_from_memory_are_the_same_corpus(elves: Path) -> None:
    assert Corpus.parse(elves.read_bytes(), "elves") == Corpus.read(elves)


def test_names_that_differ_in_case_alone_are_one_name_and_their_counts_add_up() -> None:
    stems = [a + b for a in "abcdefghijk" for b in "lmnopqrstuv"]
    corpus = Corpus.of([*map(str.title, stems), "AL", "Al"], "pairs")
    assert corpus.casing == Casing.TITLE
    assert corpus.names == tuple(stems)
    assert corpus.counts[0] == 3
    assert corpus.duplicates == 2


def test_names_from_memory_are_told_by_their_place_and_are_taken_whole() -> None:
    corpus = Corpus.of(["Anna", "", "Bob,5", "#Cleo", "Dora\nEve", " Fay "], "list")
    assert corpus.names == ("anna", "fay")
    assert corpus.lines == (1, 6)
    assert corpus.skipped == ((Fault.SYMBOL, Lines(3, (3, 4, 5))),)


def test_a_name_in_two_unicode_forms_is_one_name() -> None:
    assert Corpus.of(["Zoë", "Zoe\u0308"], "list").names == ("zoë",)


def test_the_vocabulary_holds_the_letters_of_the_names() -> None:
    assert Corpus.of(["Jean-Luc"], "list").vocabulary.letters == ("-", "a", "c", "e", "j", "l", "n", "u")


def test_the_checksum_is_that_of_the_names_alone() -> None:
    corpus = Corpus.parse(b"Bob,3\n# note\nAnna\n", "one")
    assert corpus.sha256 == hashlib.sha256(b"anna\nbob").hexdigest()
    assert corpus.sha256 == Corpus.of(["Anna", "Bob", "Anna"], "other").sha256


def test_a_corpus_can_not_be_changed() -> None:
    corpus = Corpus.of(["Anna"], "list")
    with pytest.raises(FrozenInstanceError):
        corpus.title = "other"  # type: ignore[misc]


def test_a_corpus_does_not_spell_out_its_names_when_printed() -> None:
    assert "secret" not in repr(Corpus.of(["Secret"], "list")).lower()


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing but a comment", b"\xef\xbb\xbf"])
def test_an_empty_list_is_refused(data: bytes) -> None:
    with pytest.raises(BadCorpus, match="elves: the list is empty; give one name a line"):
        Corpus.parse(data, "elves")


def test_a_list_without_a_single_name_is_refused_with_its_main_reason_and_first_such_line() -> None:
    with pytest.raises(
        BadCorpus,
        match=r"^elves, line 2: this is no name, and neither is any other line \(2 of 3 with digits and no letter",
    ):
        Corpus.parse(b"-\n1\n2\n", "elves")


def test_a_file_that_is_not_utf_8_is_refused_with_its_path_and_line(tmp_path: Path) -> None:
    path = tmp_path / "elves.txt"
    path.write_bytes("Anna\nRené\n".encode("latin-1"))
    with pytest.raises(BadCorpus, match="line 2: the byte 0xe9 is not UTF-8") as refusal:
        Corpus.read(path)
    assert refusal.value.source == str(path)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.txt", tmp_path):
        with pytest.raises(BadCorpus, match="the list cannot be read"):
            Corpus.read(path)


@given(st.binary() | st.text().map(lambda text: text.encode(errors="replace")))
@example("Anna,3\nİpek\n春香".encode())
def test_any_bytes_are_a_sound_corpus_or_refused(data: bytes) -> None:
    try:
        corpus = Corpus.parse(data, "any")
    except BadCorpus:
        return
    assert_sound(corpus)


@given(st.lists(st.text(), max_size=10))
@example(["Anna", "\ud800", "İpek", "春香"])
def test_any_texts_are_a_sound_corpus_or_refused(names: list[str]) -> None:
    try:
        corpus = Corpus.of(names, "any")
    except BadCorpus:
        return
    assert_sound(corpus)


@pytest.mark.parametrize(
    "line",
    ["a" + "\u0301\u0323" * 100_000, "a," * 200_000, "'" * 400_000, '"a"' * 100_000, "a-" * 200_000],
)
def test_a_line_without_end_is_read_like_any_other(line: str) -> None:  # what is quadratic would take an hour
    corpus = Corpus.parse(f"{line}\nAnna\nBob\n".encode(), "list")
    assert set(corpus.names) >= {"anna", "bob"}
    corpus.as_earlier_versions_read_it()


def test_a_list_in_capitals_comes_back_in_title_case_with_a_note() -> None:
    corpus = Corpus.of(["ANNA", "BOB", "JEAN-LUC", "Cleo"], "list")
    assert corpus.capitals
    assert [corpus.casing.restore_case(name) for name in corpus.names] == ["Anna", "Bob", "Cleo", "Jean-Luc"]
    assert "the list is in capitals" in report(corpus).warnings[1].text


def test_the_odd_ones_are_counted_in_the_report_with_their_lines() -> None:
    stems = [a + b + "el" for a in "bcdfghjklm" for b in "aeiouqrstvw"]
    told = report(Corpus.of([*map(str.title, stems), "McKay", "hELLO", "van Dyke", "WelloryL"], "list"))
    assert [(advice.count, advice.lines) for advice in told.warnings] == [(2, (112, 114))]
    assert told.case_rules == ("begin Mc|", "lower ^van ")
