"""The lists that come with the package."""

import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import combinations, pairwise

import pytest

from model.corpus.bundled import FOLDER, KINDS, bundled, catalogue, path
from model.corpus.parsing import Listing, read_table
from model.errors import BadCorpus
from tests.support.checkout import tracked

LANGUAGES = set(
    """
    Arabic Armenian Basque Bengali Bulgarian Burmese Catalan Croatian Czech Danish Dutch English Estonian Finnish French
    Georgian German Greek Gujarati Hebrew Hindi Hungarian Icelandic Indonesian Irish Italian Japanese Kannada Khmer
    Korean Latvian Lithuanian Macedonian Malagasy Maori Nepali Norwegian Odia Persian Polish Portuguese Romanian Russian
    Sinhala Slovak Slovene Spanish Swedish Tamil Telugu Thai Turkish Ukrainian Vietnamese Yoruba Zulu
    """.split()  # noqa: SIM905 - a paragraph reads better than a column of sixty words
)

FILES = [path for path in tracked("model/corpus/bundled") if path.suffix == ".txt"]

FEWEST_NAMES = 48

MOST_OVERLAP = 0.37
"""Of two lists of different languages: shared names by all names. The most is 0.361, of Flemings and Walloons."""

MOST_OVERLAP_IN_A_LANGUAGE = 0.41
"""The most is 0.400, of British boys and Irish ones; `us` contains two others."""

MOST_BYTES = 6_000_000


@cache
def lines(name: str) -> list[str]:
    """The lines of a list's file."""
    return path(name).read_text(encoding="utf-8").splitlines()


def names(name: str) -> list[str]:
    """The names of a list as its file writes them."""
    return [line.partition(",")[0] for line in lines(name) if not line.startswith("#")]


def test_every_file_is_in_the_catalogue_and_every_list_has_a_file() -> None:
    assert sorted(file.stem for file in FILES) == bundled()
    for name, entry in catalogue().items():
        assert entry.name == name
        assert name == "us" or name.endswith(f"-{entry.kind}")
        assert entry.title.endswith(KINDS[entry.kind])


def test_the_lists_are_of_many_languages_scripts_and_countries() -> None:
    entries = catalogue().values()
    assert len(entries) >= 110
    assert {entry.language for entry in entries} >= LANGUAGES
    assert len({entry.script for entry in entries}) >= 20
    assert sum(entry.kind == "places" for entry in entries) >= 80
    assert {"us", "us-girls", "us-boys"} <= catalogue().keys()


@pytest.mark.parametrize("name", ["elves", "../corpora/us", "us.txt", ""])
def test_a_list_that_is_not_bundled_is_refused_with_some_that_are(name: str) -> None:
    with pytest.raises(BadCorpus, match=r"there is no list called .*; the lists are: us, .* and \d+ others"):
        path(name)


def test_a_name_that_is_misspelled_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(BadCorpus, match="icelandic-girls"):
        path("iclandic-girls")


@pytest.mark.no_cover  # which would triple its time
def test_every_list_reads_without_a_line_skipped_and_has_enough_names() -> None:
    wrong = {}
    for name in bundled():
        listing = Listing.of(read_table(path(name).read_text("utf-8")).rows)
        if listing.skipped or not len(listing.entries) == len(names(name)) >= FEWEST_NAMES:
            wrong[name] = listing
    assert wrong == {}


def test_every_list_is_in_the_table() -> None:
    table = (FOLDER / "LISTS.md").read_text(encoding="utf-8")
    rows = {
        name: f"| `{name}` | {entry.language} | {entry.script} | {entry.kind} | {len(names(name)):,} | "
        for name, entry in catalogue().items()
    }
    assert {name: row for name, row in rows.items() if row not in table} == {}


def test_every_list_is_sorted_and_has_each_name_once() -> None:
    wrong = {name: [pair for pair in pairwise(names(name)) if not pair[0] < pair[1]] for name in bundled()}
    assert {name: pairs for name, pairs in wrong.items() if pairs} == {}


def test_every_list_is_in_the_script_that_the_catalogue_states() -> None:
    wrong = {}
    for name, entry in catalogue().items():
        letters = {letter for letter in set("".join(names(name))) if letter.isalpha()}
        allowed = (entry.script.upper(), "KATAKANA-HIRAGANA PROLONGED")
        strange = {letter for letter in letters if not unicodedata.name(letter).startswith(allowed)}
        if strange or not letters:
            wrong[name] = strange
    assert wrong == {}


def test_every_list_names_source_and_licence_at_its_top() -> None:
    terms = re.compile(r"[A-Z][A-Za-z]+ [\d.]+\d|Social Security|public domain|MIT|CC BY 4.0")
    wrong = {}
    for name, entry in catalogue().items():
        top = "\n".join(line for line in lines(name) if line.startswith("#"))
        said = terms.findall(f"{entry.source} {entry.licence}")
        if unsaid := [term for term in said if term not in top]:
            wrong[name] = unsaid
    assert wrong == {}


@pytest.mark.no_cover
def test_no_list_repeats_another() -> None:
    sizes = {name: len(names(name)) for name in bundled()}
    holders: dict[str, list[str]] = {}
    for name in bundled():
        for one in names(name):
            holders.setdefault(one, []).append(name)
    shared = Counter(pair for lists in holders.values() for pair in combinations(lists, 2))
    for (first, second), count in shared.items():
        overlap = count / (sizes[first] + sizes[second] - count)
        same = catalogue()[first].language == catalogue()[second].language
        if "us" not in (first, second):
            assert overlap <= (MOST_OVERLAP_IN_A_LANGUAGE if same else MOST_OVERLAP), (first, second)


def test_the_lists_are_small_together() -> None:
    assert sum(file.stat().st_size for file in FILES) < MOST_BYTES


def test_the_us_list_is_sorted_and_girls_and_boys_add_up_to_the_bearers() -> None:
    rows = [line for line in path("us").read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    assert len(rows) == 97_310
    for line in rows:
        assert re.fullmatch(r"[A-Z][a-z]+,\d+,\d+,\d+", line)
        bearers, girls, boys = map(int, line.split(",")[1:])
        assert bearers == girls + boys
        assert bearers >= 5


def test_the_us_lists_of_girls_and_boys_leave_out_what_is_rare_among_them() -> None:
    girls, boys = set(names("us-girls")), set(names("us-boys"))
    assert girls | boys == set(names("us"))
    assert {"Mary", "Avery", "Leslie"} <= girls
    assert {"John", "Avery", "Leslie"} <= boys
    assert not {"John", "Robert"} & girls
    assert not {"Mary", "Linda"} & boys


def test_the_us_list_says_where_it_comes_from_and_what_its_columns_are() -> None:
    header = "".join(line for line in path("us").read_text(encoding="ascii").splitlines(True) if line.startswith("#"))
    for said in (
        "Social Security Administration",
        "public domain",
        "1880 to 2017",
        "name, bearers, girls, boys",
        "fewer",
    ):
        assert said in header
