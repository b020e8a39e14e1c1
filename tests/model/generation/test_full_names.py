"""Full names: two parts, each drawn by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.constraints import Constraints
from model.corpus.casing import Casing
from model.errors import InvalidOption, NameModelError, TooComplex, UnknownLetter, Unsatisfiable
from model.generation.full_names import FullNameSequence, Plan, full_names_for_keys
from model.generation.name_parts import PartSource, agreement
from model.generation.options import Options
from model.generation.served import predictor_of
from model.people.customs import GENDERS, Custom, custom_of
from model.people.patronymics import Gender
from tests.support.random_models import random_model

GIRLS, BOYS, SURNAMES = (
    predictor_of(random_model("abcdeno", seed=seed, casing=Casing.TITLE, end=-1)) for seed in (1, 2, 3)
)
OPTIONS = Options(max_length=7)
ENDINGS = Custom(not_girls="[^a]", not_boys="a")


def plan(**changes: object) -> Plan:
    given: dict[Gender | None, PartSource] = {"girl": PartSource(GIRLS, OPTIONS), "boy": PartSource(BOYS, OPTIONS)}
    whole = Plan(given, {None: PartSource(SURNAMES, OPTIONS)}, ("girl", "boy"))
    return replace(whole, **changes)  # type: ignore[arg-type]


def names(plan: Plan, count: int = 20, seed: str = "s", offset: int = 0) -> list[str]:
    return [one.name for one in FullNameSequence(plan, seed).page(offset, count).names]


@pytest.mark.no_cover
@settings(deadline=None, max_examples=30)
@given(first=st.integers(1, 30), second=st.integers(1, 30), seed=st.text(max_size=4))
def test_pages_are_slices_of_one_sequence_without_repeats(first: int, second: int, seed: str) -> None:
    whole = names(plan(), first + second, seed)
    assert names(plan(), first, seed) + names(plan(), second, seed, first) == whole
    assert len(set(whole)) == len(whole) == first + second
    sequence = FullNameSequence(plan(), seed)
    later, earlier = sequence.page(first, second), sequence.page(0, first)
    assert (earlier, later) == tuple(
        FullNameSequence(plan(), seed).page(*page) for page in ((0, first), (first, second))
    )
    assert len(sequence) == 3 * (first + second)


def test_a_locked_part_leaves_the_other_as_it_was() -> None:
    drawn = FullNameSequence(plan(unique=False), "s").page(0, 30).names
    surname = FullNameSequence(plan(surname="Braun", unique=False), "s").page(0, 30).names
    given = FullNameSequence(plan(given="Ada", unique=False), "s").page(0, 30).names
    assert [one.given for one in surname] == [one.given for one in drawn]
    assert [one.surname for one in given] == [one.surname for one in drawn]
    assert {one.surname for one in surname} == {"Braun"}
    assert all(one.name == f"{one.given} Braun" for one in surname)


def test_other_options_of_a_part_leave_the_other_as_it_was() -> None:
    short = {None: PartSource(SURNAMES, Options(max_length=3))}
    drawn = FullNameSequence(plan(unique=False), "s").page(0, 30).names
    other = FullNameSequence(plan(surname=short, unique=False), "s").page(0, 30).names
    assert [one.given for one in other] == [one.given for one in drawn]
    assert all(len(one.surname) <= 3 for one in other)


def test_girls_and_boys_come_up_equally_often_and_have_names_of_their_own() -> None:
    drawn = FullNameSequence(plan(unique=False), "s").page(0, 2000).names
    genders = Counter(one.gender for one in drawn)
    assert 900 < genders["girl"] < 1100
    assert set(genders) == {"girl", "boy"}
    girls = FullNameSequence(plan(genders=("girl",), unique=False), "s").page(0, 500).names
    assert [one.given for one in girls] == [one.given for one in drawn if one.gender == "girl"][:500]


def test_surnames_agree_with_the_gender() -> None:
    endings = {gender: PartSource(SURNAMES, OPTIONS, (agreement(SURNAMES, ENDINGS, gender),)) for gender in GENDERS}
    drawn = FullNameSequence(plan(surname=endings), "s").page(0, 200)
    assert all(one.surname.lower().endswith("a") == (one.gender == "girl") for one in drawn.names)
    assert drawn.left_out["gender"] > 100


def test_patronymics_are_made_of_the_fathers_name_and_the_order_is_the_languages() -> None:
    from_father = {
        "girl": PartSource(BOYS, OPTIONS, form=lambda father: f"{father}-girl"),
        "boy": PartSource(BOYS, OPTIONS, form=lambda father: f"{father}-boy"),
    }
    drawn = FullNameSequence(plan(surname=from_father, custom=custom_of("Korean")), "s").page(0, 20).names
    assert all(one.surname.endswith(f"-{one.gender}") for one in drawn)
    assert all(one.name == f"{one.surname}{one.given}" for one in drawn)


def test_names_to_be_avoided_do_not_come_up_and_are_counted() -> None:
    first = names(plan(), 10)
    drawn = FullNameSequence(plan(avoid=frozenset(first[:4])), "s").page(0, 10)
    assert [one.name for one in drawn.names] == names(plan(), 14)[4:]
    assert drawn.left_out["avoid"] == 4


def test_where_both_parts_are_locked_there_is_one_name() -> None:
    drawn = FullNameSequence(plan(given="Ada", surname="Braun"), "s").page(0, 3)
    assert [one.name for one in drawn.names] == ["Ada Braun"]
    assert drawn.shortfall is not None
    assert drawn.shortfall.startswith("only 1 distinct full name came up; ask for fewer, lock no part")
    assert names(plan(given="Ada", surname="Braun", unique=False), 3) == ["Ada Braun"] * 3


def test_few_possible_names_end_in_a_shortfall_and_a_part_that_runs_out_is_named() -> None:
    tiny = {None: PartSource(SURNAMES, Options(max_length=1))}
    drawn = FullNameSequence(plan(given=tiny, surname=tiny, genders=(None,)), "s").page(0, 100)
    assert 20 < len(drawn.names) <= 49
    assert drawn.shortfall is not None
    nothing = {None: PartSource(SURNAMES, OPTIONS, (agreement(SURNAMES, Custom(not_girls=""), "girl"),))}
    empty = FullNameSequence(plan(surname=nothing), "s").page(0, 3)
    assert empty.names == []
    assert empty.shortfall is not None
    assert empty.shortfall.startswith("parts.surname: no name of 1 to 7 letters came up")


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        (Options(start="x"), UnknownLetter, "'x' of parts.surname.start"),
        (Options(constraints=Constraints(suffix="y")), UnknownLetter, "'y' of parts.surname.suffix"),
        (Options(constraints=Constraints(suffix="aaa"), max_length=2), Unsatisfiable, "parts.surname: "),
        (Options(constraints=Constraints(regex="(")), InvalidOption, "parts.surname.regex "),
        (Options(constraints=Constraints(regex="(.*a.{20}){9}")), TooComplex, "parts.surname.regex "),
    ],
)
def test_what_is_wrong_with_a_part_is_told_of_the_part(options: Options, kind: type[NameModelError], said: str) -> None:
    wrong = plan(surname={None: PartSource(SURNAMES, options)})
    with pytest.raises(kind) as refused:
        FullNameSequence(wrong, "s").page(0, 1)
    assert said in str(refused.value)
    with pytest.raises(kind) as refused:
        full_names_for_keys(wrong, ["k"])
    assert said in str(refused.value)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(max_size=4), min_size=1, max_size=8))
def test_a_key_has_its_full_name_whatever_else_is_asked(keys: list[str]) -> None:
    drawn = full_names_for_keys(plan(), keys)
    assert drawn.names == [full_names_for_keys(plan(), [key]).names[0] for key in keys]
    assert all(one.name == f"{one.given} {one.surname}" for one in drawn.names)
    assert drawn.shortfall is None


def test_keys_are_independent_of_each_other_and_of_the_other_part() -> None:
    keys = [str(number) for number in range(300)]
    drawn = full_names_for_keys(plan(), keys).names
    assert len({one.name for one in drawn}) > 250
    assert 110 < sum(one.gender == "girl" for one in drawn) < 190
    locked = full_names_for_keys(plan(surname="Braun"), keys).names
    assert [one.given for one in locked] == [one.given for one in drawn]


def test_a_key_without_a_name_has_none() -> None:
    nothing = {None: PartSource(SURNAMES, OPTIONS, (agreement(SURNAMES, Custom(not_girls=""), "girl"),))}
    drawn = full_names_for_keys(plan(surname=nothing), ["a", "b"])
    assert [one.name for one in drawn.names] == ["", ""]
    assert drawn.shortfall is not None


def test_figures_of_weighted_draws_are_told() -> None:
    rare = {None: PartSource(SURNAMES, Options(constraints=Constraints(pattern="?*noc*?e")))}
    drawn = FullNameSequence(plan(surname=rare), "s").page(0, 5)
    assert not drawn.exact
    assert drawn.effective_sample_size is not None
    for offset, count in ((-1, 1), (0, 0)):
        with pytest.raises(InvalidOption, match="must be at least"):
            FullNameSequence(plan(), "s").page(offset, count)
