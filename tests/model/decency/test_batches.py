"""Many names are judged together as each is by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from model.decency.batches import BatchMatcher
from model.decency.folding import skeletons
from model.decency.languages import patterns_for
from model.decency.matcher import Matcher
from model.decency.verdict import MANY, decent_names, is_decent

PATTERNS = [*patterns_for("German")]
NAMES = st.lists(
    st.sampled_from(
        ["Fick", "Anna", "Scheiße", "Sh-it", "Dick", "Dickens", "Ассhole", "", "Ñandú", "𝔖hit", "\uffff", "6"]
    )
    | st.text("abcdefhiknorstuß -'", max_size=12),
    max_size=3 * MANY,
)


@settings(deadline=None, max_examples=100)
@given(names=NAMES)
def test_names_together_get_the_verdicts_that_each_gets_alone(names: list[str]) -> None:
    assert decent_names(names, "German") == [name for name in names if is_decent(name, "German")]


@settings(deadline=None, max_examples=20)
@given(names=st.lists(st.text(max_size=5), min_size=40, max_size=80))
def test_the_table_grows_with_letters_and_states(names: list[str]) -> None:
    matcher, batches = Matcher(PATTERNS), BatchMatcher(Matcher(PATTERNS))
    read = skeletons(names)
    expected = [matcher.accepts(matcher.read(one)) for one in read]
    assert batches.accepts(read) == expected == batches.accepts(read)


def test_threads_that_fill_one_table_agree() -> None:
    lists = [
        [chr(97 + (number * place) % 26) + "fick"[: number % 5] + chr(0x100 + number) for number in range(400)]
        for place in range(8)
    ]
    batches = BatchMatcher(Matcher(PATTERNS))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(batches.accepts, map(skeletons, lists)))
    alone = BatchMatcher(Matcher(PATTERNS))
    assert found == [alone.accepts(skeletons(one)) for one in lists]
    assert len({verdict for verdicts in found for verdict in verdicts}) == 2


def test_what_came_up_before_is_read_without_the_matcher() -> None:
    class Counting(Matcher):
        steps = 0

        def step(self, state: int, letter: str) -> int:
            self.steps += 1
            return super().step(state, letter)

    matcher = Counting(PATTERNS)
    batches = BatchMatcher(matcher)
    names = ["anna", "berta", "fick"] * 20
    first = batches.accepts(names)
    steps = matcher.steps
    assert batches.accepts(names) == first == [True, True, False] * 20
    assert matcher.steps == steps > 0
