"""Which names a model learns from, which stop its training, and which judge it."""

import hashlib
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.split import Split, name_hashes
from model.errors import BadCorpus
from tests.support.bundled_lists import read_bundled

NAMES = st.sets(st.text(st.characters(categories=["Ll"]), min_size=1), min_size=3, max_size=200)


def many(count: int) -> tuple[str, ...]:
    return tuple(f"name{i}" for i in range(count))


@given(NAMES)
def test_the_parts_cover_the_names_and_none_stands_in_two_and_none_is_empty(names: set[str]) -> None:
    split = Split.of(tuple(sorted(names)))
    assert sorted(split.train + split.validation + split.test) == sorted(names)
    assert split.train
    assert split.validation
    assert split.test


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_names_moves_none_to_another_part(names: set[str], random: Random) -> None:
    ordered = sorted(names)
    shuffled = random.sample(ordered, len(ordered))
    parts = [tuple(map(set, (s.train, s.validation, s.test))) for s in map(Split.of, (tuple(ordered), tuple(shuffled)))]
    assert parts[0] == parts[1]


def test_more_names_leave_the_others_where_they_are() -> None:
    fewer, more = Split.of(many(2_000)), Split.of(many(4_000))
    assert set(fewer.test) < set(more.test)
    assert set(fewer.validation) < set(more.validation)
    assert set(fewer.train) < set(more.train)


@pytest.mark.parametrize(("count", "share"), [(19_000, 0.1), (21_000, 0.05)])
def test_a_tenth_is_held_out_for_each_purpose_and_a_twentieth_of_a_large_list(count: int, share: float) -> None:
    split = Split.of(many(count))
    assert len(split.test) / count == pytest.approx(share, rel=0.1)
    assert len(split.validation) / count == pytest.approx(share, rel=0.1)


def test_the_sorted_hashes_and_the_sizes_tell_where_each_name_stands() -> None:
    split = Split.of(many(500))
    assert np.all(split.hashes[1:] > split.hashes[:-1])
    ranges = np.split(split.hashes, [len(split.test), len(split.test) + len(split.validation)])
    for part, hashes in zip((split.test, split.validation, split.train), ranges, strict=True):
        assert set(name_hashes(part).tolist()) == set(hashes.tolist())


def test_the_hashes_can_not_be_written_to() -> None:
    assert not Split.of(many(3)).hashes.flags.writeable


def test_a_hash_is_the_first_eight_bytes_of_the_digest_read_as_a_big_endian_number() -> None:
    expected = [
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") for name in ("anna", "zoë")
    ]
    hashes = name_hashes(["anna", "zoë"])
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == expected


def test_hashing_no_names_gives_none_and_a_lone_surrogate_has_a_hash_too() -> None:
    assert name_hashes([]).shape == (0,)
    assert name_hashes(["\ud800"]).shape == (1,)


@pytest.mark.parametrize("names", [(), ("anna",), ("anna", "bob")])
def test_fewer_than_three_names_can_not_be_split(names: tuple[str, ...]) -> None:
    with pytest.raises(BadCorpus, match=r"elves: .* too few to learn from; give at least 3, better 100"):
        Split.of(names, "elves")


def test_three_names_are_one_of_each() -> None:
    split = Split.of(("anna", "bob", "cleo"))
    assert [len(part) for part in (split.train, split.validation, split.test)] == [1, 1, 1]


@pytest.mark.no_cover
def test_the_us_list_holds_out_at_least_two_thousand_names_for_the_test() -> None:
    us = read_bundled("us")
    split = us.split()
    assert len(split.test) >= 2_000
    assert (len(split.train), len(split.validation), len(split.test)) == (87_651, 4_777, 4_882)


@pytest.mark.no_cover
def test_no_test_name_of_a_short_list_is_a_training_name_of_a_long_one() -> None:
    us = read_bundled("us")
    short, long = Split.of(us.names[::150]), us.split()
    assert len(short.test) > 20
    assert not set(short.test) & set(long.train)
    assert not set(long.test) & set(short.train)
