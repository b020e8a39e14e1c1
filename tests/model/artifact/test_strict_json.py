import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.artifact.strict_json import MAX_MEMBERS, MAX_TEXT, check_flat, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=9,
)


@given(values, st.booleans())
def test_what_is_written_is_read_back(value: Any, is_ascii: bool) -> None:
    assert parse(json.dumps(value, ensure_ascii=is_ascii).encode(), 2**16) == value


@given(st.binary(max_size=60) | st.text('{}[]",:\\ud8a019e+-.NI ', max_size=40).map(str.encode))
def test_what_is_read_can_be_repeated_in_an_answer(content: bytes) -> None:
    try:
        value = parse(content, 60, 8)
    except ValueError:
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'"\\ud800"', "half a surrogate pair"),
        (b'{"\\udc00\\ud800": 1}', "half a surrogate pair"),
        (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        (b"\xff", "not UTF-8"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "twice"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b"[-1e999]", "too large"),
        (b"9" * 5000, "digits"),
        (b"[" * 100_000, "too deeply"),
        (b"[" * 20 + b"]" * 20, "too deeply"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "too deeply"),
        (b" " * 200_001, "at most 200,000 are read"),
        (b"", "Expecting value"),
    ],
    ids=lambda part: ascii(part)[:30],
)
def test_what_no_answer_could_repeat_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(content, 200_000, 10)


def test_letters_beyond_the_first_65536_and_depth_within_the_bound_are_read() -> None:
    assert parse(json.dumps("😀").encode(), 99) == "😀"
    assert parse(b"[" * 10 + b"]" * 10, 99, 10)


def test_an_object_of_unknown_fields_is_small_and_flat() -> None:
    check_flat({"a": None, "b": True, "c": 1, "d": 1.5, "e": "x" * MAX_TEXT})
    many: dict[str, Any] = dict.fromkeys(map(str, range(MAX_MEMBERS + 1)))
    wrongs: list[dict[str, Any]] = [{"a": []}, {"a": {}}, {"a": "x" * (MAX_TEXT + 1)}, many]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"at most|array"):
            check_flat(wrong)
