"""Grapheme clusters, and which of them a list has."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.clusters import Attachments, attachments_of, clusters_of, is_mark
from model.corpus.vocabulary import END, Vocabulary

MARKED = st.text(st.sampled_from("abकषतमிกาเำ\u0301\u0323\u093f\u094d\u0bcd\u0e49\u200c\u200d ׳א\u05b8"), max_size=8)


@pytest.mark.parametrize(
    ("name", "clusters"),
    [
        ("anna", ["a", "n", "n", "a"]),
        ("तमिल", ["त", "मि", "ल"]),
        ("लक्ष्मी", ["ल", "क्ष्मी"]),
        ("தமிழ்", ["த", "மி", "ழ்"]),
        ("கார்த்திக்", ["கா", "ர்", "த்", "தி", "க்"]),
        ("สมชาย", ["ส", "ม", "ช", "า", "ย"]),
        ("น้ำ", ["น้ำ"]),
        ("เก่ง", ["เก่", "ง"]),
        ("נֹעָה", ["נֹ", "עָ", "ה"]),
        ("ג׳ורג׳", ["ג׳", "ו", "ר", "ג׳"]),
        ("علی\u200cرضا", ["ع", "ل", "ی\u200cر", "ض", "ا"]),
        ("ශ්\u200dරී", ["ශ්\u200dරී"]),
        ("Đặng", ["Đ", "ặ", "n", "g"]),
        ("ọ́ba", ["ọ́", "b", "a"]),
        ("ខ្មែរ", ["ខ្មែ", "រ"]),
    ],
)
def test_names_are_divided_into_clusters(name: str, clusters: list[str]) -> None:
    normal = unicodedata.normalize("NFC", name)
    assert clusters_of(normal) == [unicodedata.normalize("NFC", cluster) for cluster in clusters]


@given(st.text())
def test_the_clusters_are_the_name_and_only_the_first_may_begin_with_a_mark(name: str) -> None:
    clusters = clusters_of(name)
    assert "".join(clusters) == name
    assert not any(is_mark(cluster[0]) for cluster in clusters[1:])


@given(st.lists(st.text(st.characters(categories=["Lu", "Ll", "Lo"], exclude_characters="เแโใไำເແໂໃໄຳ"))))
def test_a_list_without_marks_has_no_attachments(names: list[str]) -> None:
    assert attachments_of(names) == ()


def test_the_attachments_are_the_clusters_with_marks_and_their_letters_where_they_stand_alone() -> None:
    assert attachments_of(["கதி", "தம்"]) == ("த", "தி", "ம்")


def names_allowed(attachments: Attachments, name: str) -> bool:
    state = 0
    for index in [*attachments.vocabulary.encode(name), END]:
        if not attachments.allowed[state, index]:
            return False
        state = attachments.following[state, index]
    return True


@given(st.lists(MARKED.filter(lambda name: name and not is_mark(name[0])), min_size=1, max_size=8))
def test_every_name_of_the_list_is_allowed(names: list[str]) -> None:
    attachments = Attachments(attachments_of(names), Vocabulary.of(names))
    for name in names:
        assert names_allowed(attachments, name)
        assert attachments.are_whole(name)


@given(
    st.lists(MARKED.filter(lambda name: name and not is_mark(name[0])), min_size=1, max_size=8),
    st.lists(st.integers(0, 100), max_size=10),
)
def test_whatever_is_allowed_has_only_clusters_of_the_list_and_there_is_always_a_way_on(
    names: list[str], choices: list[int]
) -> None:
    attachments = Attachments(attachments_of(names), Vocabulary.of(names))
    known = {cluster for name in names for cluster in clusters_of(name)}
    state, letters = 0, []
    for choice in choices:
        open_ = [index for index in range(attachments.vocabulary.size) if attachments.allowed[state, index]]
        assert open_
        index = open_[choice % len(open_)]
        if index == END:
            break
        letters.append(index)
        state = attachments.following[state, index]
    name = attachments.vocabulary.decode(letters)
    clusters = clusters_of(name)
    assert set(clusters[:-1]) <= known
    assert attachments.are_whole(name) == (set(clusters) <= known)


@pytest.mark.parametrize(
    ("names", "spoiled"),
    [
        (["தமிழ்", "கதி"], ["தமீ", "ழி", "்த", "மிி"]),
        (["लक्ष्मी", "राम"], ["क्", "क्म", "ष", "राि"]),
        (["เก่ง", "สมชาย"], ["เ", "ก่", "เส", "่ก"]),
        (["علی\u200cرضا", "علی"], ["ع\u200cل", "علی\u200c", "\u200cع"]),
        (["נֹעָה"], ["נָ", "הָ", "ֹ"]),
        (["ג׳ון", "רון"], ["ר׳", "׳"]),
    ],
)
def test_a_cluster_that_the_list_does_not_have_is_not_whole(names: list[str], spoiled: list[str]) -> None:
    attachments = Attachments(attachments_of(names), Vocabulary.of([*names, *spoiled]))
    assert [name for name in spoiled if attachments.are_whole(name)] == []
    assert all(map(attachments.are_whole, names))
