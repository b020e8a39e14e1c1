from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.generation.seen import FEWEST_HASHED, SeenNames

SOME = st.lists(st.lists(st.text("abé", max_size=3), max_size=20), max_size=20)


@given(batches=SOME, kept_as_they_are=st.integers(0, 30))
def test_names_are_new_once_as_in_a_set(batches: list[list[str]], kept_as_they_are: int) -> None:
    known, expected = SeenNames(kept_as_they_are), set[str]()
    for batch in batches:
        fresh = [name for name in dict.fromkeys(batch) if name not in expected]
        assert known.new(batch) == fresh
        known.add(fresh)
        expected.update(fresh)
        assert len(known) == len(expected)
        assert known.new(expected) == []


@pytest.mark.no_cover
def test_many_names_take_few_bytes_each() -> None:
    rng = np.random.default_rng(1)
    known, count = SeenNames(), 20 * FEWEST_HASHED
    tracemalloc.start()
    try:
        for begin in range(0, count, 512):
            known.add([f"{begin + place}-{salt}" for place, salt in enumerate(rng.integers(99, size=512).tolist())])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(known) == count
    assert peak < 24 * count
