"""Several lists as one: what one or another of them has stays possible, and nothing that none has becomes so."""

from __future__ import annotations

import pytest

from model.corpus.casing import Casing
from model.corpus.corpus import Corpus
from model.corpus.patterns import Patterns
from model.corpus.union import List, union_of_casings, union_of_patterns
from model.corpus.vocabulary import Vocabulary
from model.generation.predictor import NetworkPredictor
from model.generation.well_formed import WellFormed
from tests.support.bundled_lists import read_bundled
from tests.support.random_models import random_model


def joined(*corpora: Corpus) -> WellFormed:
    """The checks of the union, on a predictor with the letters of all."""
    lists = [List(one.vocabulary, one.casing, Patterns.of(one.names, one.casing)) for one in corpora]
    letters = "".join(set().union(*(one.vocabulary.letters for one in corpora)))
    casing = union_of_casings([one.casing for one in corpora])
    return WellFormed(NetworkPredictor(random_model(letters, casing=casing)), union_of_patterns(lists))


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "names",
    [
        ("hindi-girls", "nepali-girls"),
        ("vietnamese-places", "spanish-girls"),
        ("thai-girls", "thai-places"),
        ("hebrew-boys", "hebrew-places"),
        ("us-surnames", "french-places"),
        ("arabic-girls", "persian-girls"),
        ("yoruba-boys", "us-boys"),
        ("greek-girls", "greek-places"),
    ],
    ids="+".join,
)
def test_the_union_keeps_what_each_list_keeps_of_its_own_names(names: tuple[str, str]) -> None:
    corpora = [read_bundled(name) for name in names]
    union = joined(*corpora)
    for corpus in corpora:
        alone = set(joined(corpus).keep(list(corpus.names)))
        lost = alone.difference(union.keep(list(corpus.names)))
        assert len(lost) <= len(alone) / 500, lost  # capitals that another list's rules decide otherwise


def test_a_cluster_that_no_list_has_stays_impossible() -> None:
    corpora = [read_bundled("hindi-girls"), read_bundled("nepali-girls")]
    union = joined(*corpora)
    whole = {cluster for corpus in corpora for cluster in Patterns.of(corpus.names, corpus.casing).attachments}
    assert "ञू" not in whole
    assert union.keep(["ञूर"]) == []


def test_more_accents_than_any_list_has_in_a_word_stay_impossible() -> None:
    union = joined(read_bundled("spanish-girls"), read_bundled("italian-girls"))
    assert union.keep(["maría", "maria"]) == ["maría", "maria"]
    assert union.keep(["máríá"]) == []


def test_a_letter_is_bound_to_a_place_where_each_list_that_has_it_binds_it() -> None:
    def one(letters: str, finals: tuple[str, ...]) -> List:
        return List(Vocabulary(tuple(sorted(letters))), Casing.LOWER, Patterns(finals=finals))

    assert union_of_patterns([one("אבם", ("ם",)), one("אב", ())]).finals == ("ם",)
    assert union_of_patterns([one("אבם", ("ם",)), one("אבם", ())]).finals == ()


def test_rules_of_words_come_from_every_list_and_others_from_the_first() -> None:
    first = Casing("title", ("lower -", "lower  de "))
    second = Casing("title", ("turkish i", "begin Mc|", "lower  "))
    assert union_of_casings([first, second]).rules == ("lower -", "lower  de ", "begin Mc|")
    assert union_of_casings([second, first]).rules == ("turkish i", "begin Mc|", "lower  ", "lower  de ")
    assert union_of_casings([Casing.LOWER, first]) == first
    assert union_of_casings([Casing.LOWER, Casing.LOWER]) == Casing.LOWER
