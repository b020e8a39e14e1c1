"""The layouts that a list may have."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.corpus import Corpus
from model.corpus.parsing import read_table
from model.corpus.spelling import Fault
from model.corpus.tables import Row, has_more_lines, lines
from model.errors import BadCorpus

NAMES = ("anna", "bob", "cleo")


@pytest.mark.parametrize(
    "text",
    [
        "Anna\nBob\nCleo\n",
        "name,gender\nAnna,F\nBob,M\nCleo,F\n",
        "Name\tGender\nAnna\tF\nBob\tM\nCleo\tF\n",
        "gender;name\nF;Anna\nM;Bob\nF;Cleo\n",
        "navn,køn\nAnna,F\nBob,M\nCleo,F\n",
        "Anna,F\nBob,M\nCleo,F\n",
        "Anna\tgirl\nBob\tboy\nCleo\tgirl\n",
        "F,Anna\nM,Bob\nF,Cleo\n",
        "1,Anna\n2,Bob\n3,Cleo\n",
        "id,first_name,meaning\n1,Anna,grace\n2,Bob,fame\n3,Cleo,glory\n",
        "name,year\nAnna,1990\nBob,1991\nCleo,1990\n",
        "first name,last name,name\nx,y,Anna\nx,y,Bob\nx,y,Cleo\n",
        '"name","sex"\n"Anna","f"\n"Bob","m"\n"Cleo","f"\n',
        "Anna, Bob, Cleo",
        "Anna,Bob,\nCleo",
        "Anna, Bob, Cleo,\nBob, Anna",
        "Anna;Bob;Cleo",
        '["Anna", "Bob", "Cleo"]',
        '\n[\n "Anna",\n "Bob",\n "Cleo"\n]\n',
        '[{"name": "Anna", "sex": "f"}, {"name": "Bob"}, {"name": "Cleo", "sex": "f"}]',
        '[{"id": 1, "label": "Anna"}, {"id": 2, "label": "Bob"}, {"id": 3, "label": "Cleo"}]',
        '{"names": ["Anna", "Bob", "Cleo"], "source": "me"}',
        '{"name": "Anna"}\n{"name": "Bob"}\n{"name": "Cleo"}\n',
    ],
)
def test_a_list_is_understood_however_it_is_laid_out(text: str) -> None:
    corpus = Corpus.parse(text.encode(), "list")
    assert corpus.names == NAMES
    assert not corpus.counted


@pytest.mark.parametrize(
    "text",
    [
        "Anna,5\nBob,3\nCleo,1\n",
        "name,count\nAnna,5\nBob,3\nCleo,1\n",
        "Name\tBearers\nAnna\t5\nBob\t3\nCleo\t1\n",
        "name,sex,n\nAnna,F,5\nBob,M,3\nCleo,F,1\n",
        "year,sex,number,name\n1990,F,5,Anna\n1990,M,3,Bob\n1991,F,1,Cleo\n",
        "Anna,5,4,1\nBob,3,2,1\nCleo,1,1,0\n",
        '[{"name": "Anna", "count": 5}, {"name": "Bob", "count": 3}, {"name": "Cleo", "count": "1"}]',
        '{"Anna": 5, "Bob": 3, "Cleo": 1}',
    ],
)
def test_counts_are_found_in_any_layout(text: str) -> None:
    corpus = Corpus.parse(text.encode(), "list")
    assert dict(zip(corpus.names, corpus.counts, strict=True)) == {"anna": 5, "bob": 3, "cleo": 1}
    assert corpus.counted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Smith,Anna\nMiller,Bob\nBrown,Cleo\n", "2 of the 2 columns could be the names; write 'name' over the one"),
        ("rank,label,other\n1,Anna,Qu\n2,Bob,Wy\n", "2 of the 3 columns could be the names"),
        (
            "first_name,last_name\nAnna,Smith\nBob,Miller\n",
            r"several columns of names \(firstname, lastname\); call the one to use 'name', or give it alone",
        ),
        ('[{"a": "Anna", "b": "Smith"}]', "the objects have the keys a, b; call the one of the names 'name'"),
        ('{"a": ["Anna"], "b": ["Bob"]}', "an object with the keys a, b; give an array of names"),
        ('["Anna", "Bob"', r"list, line 1: the list looks like JSON and is damaged .*; repair it"),
        ('[\n"Anna",\n,]', "list, line 3: the list looks like JSON and is damaged"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ("[]", "the list is empty"),
    ],
)
def test_a_list_that_is_not_clear_is_refused_with_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(BadCorpus, match=reason):
        Corpus.parse(text.encode(), "list")


def test_the_report_says_which_columns_are_left_alone() -> None:
    corpus = Corpus.parse(b"name,gender,origin\nAnna,F,x\nBob,M,y\n", "list")
    assert corpus.note == "the names are those under 'name'; left alone: gender, origin"
    assert Corpus.parse(b"1,Anna\n2,Bob\n", "list").note == "the names are those of column 2; the others are left alone"
    assert Corpus.parse(b"Anna,1\nBob,2\n", "list").note == ""


def test_a_refusal_repeats_no_name() -> None:
    with pytest.raises(BadCorpus) as refusal:
        Corpus.parse(b"Secret,Anna\nHidden,Bob\n", "list")
    assert not any(name in str(refusal.value) for name in ("Secret", "Anna", "Hidden", "Bob"))


def test_items_of_json_are_numbered_by_their_place() -> None:
    corpus = Corpus.parse(b'["Anna", 7, null, "a/b", {"name": "Bob"}]', "list")
    assert dict(zip(corpus.names, corpus.lines, strict=True)) == {"anna": 1, "bob": 5}
    assert [(reason, lines.first) for reason, lines in corpus.skipped] == [
        (Fault.EMPTY, (3,)),
        (Fault.SYMBOL, (4,)),
        (Fault.NUMBER, (2,)),
    ]


def test_names_that_begin_with_a_bracket_are_lines_and_not_json() -> None:
    assert Corpus.parse(b"[Names]\nAnna\nBob\n", "list").names == ("anna", "bob")


def test_a_name_with_a_comma_in_a_plain_list_is_skipped_with_its_line() -> None:
    corpus = Corpus.parse(b"Anna\nBob, the younger\nCleo\nDora\n", "list")
    assert corpus.names == ("anna", "cleo", "dora")
    assert corpus.skipped[0][1].first == (2,)


@given(st.text(st.sampled_from("a#\n\r \t\u00a0\u2028\x0c,")), st.integers(0, 4))
def test_many_lines_are_told_at_a_glance_as_they_are_one_by_one(text: str, most: int) -> None:
    assert has_more_lines(text, most) == (len(list(lines(text))) > most)


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=2))
def test_names_alone_are_rows_one_by_one(names: list[str]) -> None:
    assert read_table("\n".join(names)).rows == [Row(place, name) for place, name in enumerate(names, start=1)]


@given(st.text(st.sampled_from('ab1,;\t"{}[]:\n name')))
def test_any_table_is_read_or_refused(text: str) -> None:
    try:
        table = read_table(text)
    except BadCorpus:
        return
    assert all(row.line > 0 for row in table.rows)


def test_a_table_of_very_many_columns_is_read() -> None:
    header = ",".join(f"c{i}" for i in range(5000))
    assert Corpus.parse(f"name,{header}\nAnna,{header}\n".encode(), "list").names == ("anna",)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["Anna", "7", "", "name", "count"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "count", "Anna", "n", "", "\ud800"]), inner, max_size=4)
    ),
)


@given(st.lists(VALUES, max_size=4), st.sampled_from(["", "\n", ", ", "{"]))
def test_any_json_is_read_as_rows_or_refused(values: list[object], between: str) -> None:
    for text in (json.dumps(values), between.join(map(json.dumps, values))):
        try:
            table = read_table(text)
        except BadCorpus:
            continue
        assert all(row.line > 0 for row in table.rows)
        assert all(isinstance(row.name, str) for row in table.rows)
