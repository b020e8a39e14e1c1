"""The lists and splits of the measurement of short lists."""

from hashlib import sha256

import pytest

from benchmarks.short_lists import ShortList, digest, left_out, load
from model.corpus.bundled import bundled, catalogue, path

LISTS = load()


@pytest.fixture(params=LISTS, ids=lambda one: one.name)
def one(request: pytest.FixtureRequest) -> ShortList:
    found: ShortList = request.param
    return found


def test_there_are_enough_lists_and_most_leave_their_language_out() -> None:
    assert len(LISTS) >= 12
    assert sum(one.language == "Invented" for one in LISTS) >= 3
    assert sum(one.leaves_out == "language" for one in LISTS) >= len(LISTS) / 2
    assert [one.once for one in LISTS] == sorted(one.once for one in LISTS)
    assert sum(one.once for one in LISTS) == 5
    assert {size for one in LISTS for size in one.sizes} == {60, 100, 300, 1_000}


def test_test_names_and_training_names_are_disjoint_and_the_larger_trainings_contain_the_smaller(
    one: ShortList,
) -> None:
    assert 60 <= len(one.names) <= 1_400
    assert len(set(one.names)) == len(one.names)
    assert 100 <= len(one.test) <= 400
    assert len(one.sizes) >= 2
    for size in one.sizes:
        assert len(one.train(size)) == size
        assert not set(one.train(size)) & set(one.test)
        assert one.train(size)[:60] == one.train(60)


def test_the_order_is_that_of_the_digests_of_the_names_and_has_not_changed(one: ShortList) -> None:
    hashes = [sha256(name.encode()).hexdigest() for name in one.names]
    assert hashes == sorted(hashes)
    assert digest(one.names) == one.digest


def test_more_training_names_than_there_are_cannot_be_had(one: ShortList) -> None:
    with pytest.raises(ValueError, match=f"{one.name} has .* training names, not 5000"):
        one.train(5_000)


def test_a_bundled_list_is_described_as_in_the_catalogue_and_left_out_of_pretraining(one: ShortList) -> None:
    if one.file == "bundled":
        entry = catalogue()[one.name]
        assert (one.language, one.kind, one.script) == (entry.language, entry.kind, entry.script)
        assert one.name in one.left_out <= left_out()
    if one.leaves_out == "language":
        assert not [
            name for name in bundled() if catalogue()[name].language == one.language and name not in one.left_out
        ]


def test_an_invented_name_stands_in_no_bundled_list() -> None:
    invented = {name.casefold() for one in LISTS if one.language == "Invented" for name in one.names}
    for name in bundled():
        lines = path(name).read_text(encoding="utf-8").casefold().splitlines()
        assert not {line.partition(",")[0] for line in lines} & invented, name
