"""Draws that are held up, stopped or out of time between two letters."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Barrier, Lock, Thread
from time import thread_time

import numpy as np
import pytest

from model.artifact.bundled_models import find_model
from model.constraints.constraints import Constraints
from model.generation.checkpoints import (
    OutOfTime,
    checked_by,
    checkpoint,
    draw_on,
    for_all,
    limited_ahead,
    make_once,
    own_time,
    saving,
    time_left,
    uncounted,
    unhurried,
)
from model.generation.free import ROWS_AT_ONCE, rows_at_once
from model.generation.full_names import FullNameSequence, Plan
from model.generation.keys import draw_for_keys
from model.generation.low_order import LowOrder, low_order
from model.generation.name_parts import PartSource
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.reading import WORK_AT_ONCE, read_letters
from model.generation.sampling import draw
from model.generation.sequence import NameSequence
from model.generation.served import predictor_of
from model.people.patronymics import Gender
from tests.support.random_models import random_model

LETTERS = "abcdefghijklmnop"

WAYS = {
    "free": Options(),
    "long": Options(min_length=10),
    "rejection": Options(constraints=Constraints(contains="a")),
    "particles": Options(constraints=Constraints(pattern="?*hgf*?e")),
}


class StoppedHere(Exception):
    """Raised at a checkpoint."""


@pytest.fixture
def predictor() -> Predictor[object]:
    return predictor_of(random_model(LETTERS, end=-1))


def time_for(checks: int) -> Callable[[bool], bool]:
    """A check by which time is over after so many checkpoints."""
    numbers = count(1)
    return lambda _: next(numbers) <= checks


def stops_at(number: int) -> Callable[[bool], bool]:
    numbers = count(1)

    def check(_: bool) -> bool:
        if next(numbers) == number:
            raise StoppedHere
        return True

    return check


def test_without_checks_there_is_always_time() -> None:
    assert checkpoint()


def test_a_draw_that_is_out_of_time_has_the_names_of_its_whole_batches(predictor: Predictor[object]) -> None:
    with checked_by(time_for(50)):
        drawn = draw(predictor, 500, Options(), np.random.default_rng(1), at_once=20)
    whole = draw(predictor, 500, Options(), np.random.default_rng(1), at_once=20)
    assert 0 < len(drawn.names) < 500
    assert drawn.names == whole.names[: len(drawn.names)]
    assert drawn.shortfall is not None
    assert drawn.shortfall.startswith(f"only {len(drawn.names)} names came up in the time")
    assert (len(whole.names), whole.shortfall) == (500, None)
    with checked_by(time_for(0)):
        assert draw(predictor, 500, Options(), np.random.default_rng(1)).names == []


def test_keys_without_time_have_no_names_and_the_others_keep_theirs(predictor: Predictor[object]) -> None:
    keys = [str(number) for number in range(30)]
    whole = draw_for_keys(predictor, keys, Options())
    with checked_by(time_for(10)):
        drawn = draw_for_keys(predictor, keys, Options())
    assert 0 < sum(map(bool, drawn.names)) < 30
    assert all(name in {"", its} for name, its in zip(drawn.names, whole.names, strict=True))
    assert drawn.shortfall is not None
    assert "in the time that one answer has" in drawn.shortfall


def test_a_page_that_is_out_of_time_is_a_prefix_and_the_next_one_goes_on(predictor: Predictor[object]) -> None:
    whole = NameSequence(predictor, Options(), "s").page(0, 400)
    sequence = NameSequence(predictor, Options(), "s")
    with checked_by(time_for(60)):
        first = sequence.page(0, 400)
    assert 0 < len(first.names) < 400
    assert first.names == whole.names[: len(first.names)]
    assert first.shortfall is not None
    assert sequence.page(0, 400) == whole
    assert sequence.page(len(first.names), 10).names == whole.names[len(first.names) :][:10]


def test_what_comes_before_a_far_page_takes_nothing_of_its_time(predictor: Predictor[object]) -> None:
    whole = NameSequence(predictor, Options(), "s").page(900, 50)
    begun = own_time()

    def check(_: bool) -> float:
        return 0.02 - (own_time() - begun)  # some 20 times as much is needed for the names before

    with checked_by(check):
        assert NameSequence(predictor, Options(), "s").page(900, 50).names == whole.names


@pytest.mark.parametrize("number", [1, 2, 30, 77])
def test_a_sequence_that_is_stopped_anywhere_gives_the_same_names_afterwards(
    predictor: Predictor[object], number: int
) -> None:
    whole = NameSequence(predictor, Options(), "s").page(0, 300)
    sequence = NameSequence(predictor, Options(), "s")
    with checked_by(stops_at(number)), pytest.raises(StoppedHere):
        sequence.page(0, 300)
    assert sequence.page(0, 300) == whole


def test_unhurried_work_has_time_and_can_be_stopped() -> None:
    with checked_by(time_for(0)):
        assert not checkpoint()
        with unhurried():
            assert checkpoint()
        assert not checkpoint()
    with checked_by(stops_at(1)), unhurried(), pytest.raises(StoppedHere):
        checkpoint()


def test_a_share_of_the_time_left_is_saved_for_what_comes_after() -> None:
    left = [10.0]
    with checked_by(lambda _: left[0]):
        with saving(0.6):
            assert time_left() == 4.0
            left[0] = 6.0
            assert not checkpoint()
        assert checkpoint()
    for share in (0.6, 0.0):
        with saving(share):
            assert time_left() == math.inf


@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
def test_a_page_is_drawn_a_few_letters_at_a_time_by_requests_that_have_little_time(options: Options) -> None:
    predictor = predictor_of(random_model(LETTERS, end=-1))
    whole = NameSequence(predictor, options, "s").page(0, 120)
    sequence = NameSequence(predictor, options, "s")
    for _ in range(10_000):
        with checked_by(time_for(3)):
            page = sequence.page(0, 120)
        if page == whole:
            break
        assert page.names == whole.names[: len(page.names)]
        assert "in the time that one answer has" in str(page.shortfall)
    assert page == whole


def test_full_names_are_drawn_a_few_letters_at_a_time_too(predictor: Predictor[object]) -> None:
    part: dict[Gender | None, PartSource] = {None: PartSource(predictor, Options())}
    whole = FullNameSequence(Plan(part, part), "s").page(0, 60)
    sequence = FullNameSequence(Plan(part, part), "s")
    for _ in range(10_000):
        with checked_by(time_for(3)):
            page = sequence.page(0, 60)
        if page == whole:
            break
        assert page.names == whole.names[: len(page.names)]
    assert page == whole


def test_names_before_a_page_have_time_of_their_own_and_the_next_request_goes_on(predictor: Predictor[object]) -> None:
    whole = NameSequence(predictor, Options(), "s")
    sequence, drawn = NameSequence(predictor, Options(), "s"), [0]
    with checked_by(lambda _: 1.0):
        while sequence.drawn < 2000:
            with limited_ahead(0.005) as used, suppress(OutOfTime):
                sequence.page(2000, 5)
            assert used() > 0
            drawn.append(sequence.drawn)
        assert sequence.page(2000, 5).names == whole.page(0, 2005).names[-5:]
        with limited_ahead(0.0), pytest.raises(OutOfTime):
            sequence.first(10_000)
    assert len(drawn) > 3
    assert drawn == sorted(drawn)


def test_all_that_comes_ahead_of_an_answer_has_one_time(predictor: Predictor[object]) -> None:
    with limited_ahead(math.inf) as used:
        NameSequence(predictor, Options(), "a").first(500)
    with limited_ahead(1.5 * used()), pytest.raises(OutOfTime):
        [NameSequence(predictor, Options(), seed).first(500) for seed in "abcdefghij"]


def test_who_waits_for_another_thread_lets_others_go_first_and_goes_on_when_it_has_what_it_needs() -> None:
    lock, blocked, enough = threading.Lock(), threading.Event(), threading.Event()
    lock.acquire()

    def check(is_blocked: bool) -> bool:
        if is_blocked:
            blocked.set()
        return True

    def wait() -> None:
        with checked_by(check):
            assert draw_on(lock, enough.is_set, lambda: pytest.fail("it is enough"), is_timed=False)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert blocked.wait(30)
    enough.set()
    waiting.join(30)
    assert not waiting.is_alive()


def test_pages_of_one_seed_that_are_asked_for_at_once_are_those_of_one_thread(predictor: Predictor[object]) -> None:
    whole, shared = NameSequence(predictor, Options(), "s"), NameSequence(predictor, Options(), "s")
    pages = [(offset, 40) for offset in range(0, 1600, 100)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda page: shared.page(*page).names, pages))
    assert found == [whole.page(*page).names for page in pages]


def test_what_many_threads_need_is_made_by_one_of_them_even_if_its_client_leaves() -> None:
    made: list[int] = []
    looks = iter(range(10_000))

    class LeftError(Exception):
        pass

    def leaving(_: bool) -> bool:
        if next(looks) > 2:
            raise LeftError
        return True

    def make() -> None:
        for _ in range(5):
            checkpoint()
        made.append(1)

    lock = Lock()
    with checked_by(leaving), pytest.raises(LeftError):
        make_once(lock, lambda: bool(made), make)
    assert made == [1]
    make_once(lock, lambda: bool(made), make)
    assert made == [1]


def test_constraints_of_many_first_requests_are_prepared_once(predictor: Predictor[object]) -> None:
    waiting, done = Barrier(8), list[LowOrder]()

    def ask() -> None:
        waiting.wait()
        done.append(low_order(predictor, 2))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 8
    assert all(one is done[0] for one in done)


def test_what_is_done_for_all_and_what_comes_before_take_nobodys_time() -> None:
    def work() -> None:
        begun = thread_time()
        while thread_time() < begun + 0.02:
            pass

    def fail() -> None:
        with for_all():
            work()
            raise StoppedHere

    begun, own = thread_time(), own_time()
    with uncounted():
        work()
        with for_all():
            work()
        with pytest.raises(StoppedHere):
            fail()
    own = own_time() - own
    assert own <= thread_time() - begun - 0.06
    assert own >= 0  # what is done within it is not taken off twice
    begun = own_time()
    with for_all(is_counted=True):
        work()
    assert own_time() - begun >= 0.02


def test_of_a_large_network_fewer_names_are_begun_at_once(predictor: Predictor[object]) -> None:
    assert rows_at_once(predictor) == ROWS_AT_ONCE
    predictor.size = 4_000_000
    assert rows_at_once(predictor) == WORK_AT_ONCE // 4_000_000
    predictor.size = 10**12
    assert rows_at_once(predictor) == 1


def test_many_names_are_read_in_parts_with_the_same_bits() -> None:
    predictor = predictor_of(find_model("us"))
    number = 2 * WORK_AT_ONCE // predictor.size
    state, rng = predictor.advance(predictor.start(20), np.arange(1, 21)), np.random.default_rng(0)
    rows, letters = rng.integers(20, size=number), rng.integers(1, 20, size=number)
    looks = count()
    with checked_by(lambda _: next(looks) >= 0):
        found = read_letters(predictor, state, rows, letters)
    assert next(looks) > 3
    assert np.array_equal(predictor.weights(found), predictor.weights(predictor.read(state, rows, letters)))
