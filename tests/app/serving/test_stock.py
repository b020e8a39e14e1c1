import asyncio
import gc
import string
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio import to_thread

from app.schemas.sample import sample_query
from app.serving.batches import FIRST_BATCH
from app.serving.errors import Busy
from app.serving.source import Source
from app.serving.stock import Stock, Taken
from app.serving.stocks import MAX_AHEAD, MAX_STOCKS, Stocks, is_plain
from app.settings import Settings
from model.artifact.model_file import Artifact, load, save
from model.generation.options import Options
from model.generation.served import predictor_of
from tests.support.frequencies import chi_square, exact
from tests.support.random_models import random_model, random_predictor
from tests.support.services import eventually, serving

pytestmark = pytest.mark.anyio

SHORT = Options(max_length=6, unique=False, decent=False)
SampleQuery: Any = sample_query(Settings())


class Recording:
    """Runs work in threads, and keeps the names of all batches."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def __call__(self, work: Any) -> Any:
        batch = await to_thread.run_sync(work)
        if batch is not None:
            self.names += batch.names
        return batch


def source(**model: Any) -> Source:
    return Source("abc", 0, random_predictor("abc", **model), ())


def stock(run: Any, options: Options = SHORT, *, most: int = MAX_AHEAD, waiting: int = 64) -> Stock:
    return Stock(options, run, lambda: most, max_waiting=waiting, max_wait_seconds=60)


async def filled(stock: Stock, source: Source, requested: int = 1000) -> None:
    stock.request(source, requested)

    async def count() -> int:
        return len(stock)

    await eventually(count, lambda there: there >= requested)


async def test_names_of_a_stock_are_as_frequent_as_the_model_makes_them_and_none_is_given_twice() -> None:
    run, abc = Recording(), source()
    names = stock(run, waiting=100)
    await filled(names, abc)

    async def client(count: int) -> list[str]:
        return [name for _ in range(10) for name in (await names.take(abc, count, unique=False)).names]

    answers = await asyncio.gather(*(client(count) for count in range(1, 101)))
    given = [name for answer in answers for name in answer]
    assert len(given) == 10 * 5050
    assert not Counter(given) - Counter(run.names)
    assert chi_square(given, exact(abc.predictor, 6)) < 4


@pytest.mark.no_cover
async def test_a_hundred_thousand_names_of_concurrent_requests_follow_the_model(tmp_path: Path) -> None:
    save(random_model("abc"), tmp_path / "us.npz")
    query = "/sample?count=100&max_length=6&unique=false&decent=false&top_p=1&min_length=1"
    async with serving(Settings(weights=tmp_path)) as client:

        async def ask(times: int) -> list[str]:
            answers = [(await client.get(query)).json() for _ in range(times)]
            assert all(answer["seed"] is None for answer in answers)
            return [name for answer in answers for name in answer["names"]]

        drawn = [name.lower() for names in await asyncio.gather(*[ask(50) for _ in range(20)]) for name in names]
    assert len(drawn) == 100_000
    assert chi_square(drawn, exact(predictor_of(load(tmp_path / "us.npz")), 6)) < 4


async def test_distinct_names_are_what_a_request_drawn_alone_would_keep() -> None:
    run, abc = Recording(), Source("us", 0, random_predictor(string.ascii_lowercase), ())
    names = stock(run, Options(min_length=6, max_length=12, decent=False))
    await filled(names, abc)
    assert names.serves(50, unique=True)
    answers = [(await names.take(abc, 50, unique=True)).names for _ in range(20)]
    drawn = iter(run.names)
    for answer in answers:
        expected: dict[str, None] = {}
        while len(expected) < 50:
            expected[next(drawn)] = None
        assert answer == list(expected)


async def test_a_stock_begins_empty_and_holds_no_more_than_was_asked_for() -> None:
    run, abc = Recording(), source()
    names = stock(run)
    assert not names.serves(1, unique=False)
    names.request(abc, 20)

    async def count() -> int:
        return len(run.names)

    await eventually(count, lambda there: there >= 20)
    await asyncio.sleep(0.05)
    assert len(run.names) < 20 + FIRST_BATCH


async def test_few_possible_names_are_no_stock_for_distinct_ones() -> None:
    few = Source("a", 0, random_predictor("ab"), ())
    names = stock(Recording(), Options(max_length=2, decent=False))
    await filled(names, few, 200)
    assert not names.serves(2, unique=True)
    assert names.serves(1, unique=True)
    assert names.serves(200, unique=False)


async def test_requests_that_wait_are_served_by_the_same_batch_and_one_too_many_is_refused() -> None:
    run, abc = Recording(), source()
    names = stock(run, most=64, waiting=3)
    await filled(names, abc, 64)
    await names.take(abc, len(names), unique=False)
    waiting = [asyncio.create_task(names.take(abc, 5, unique=False)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await names.take(abc, 5, unique=False)
    assert [len(taken.names) for taken in await asyncio.gather(*waiting)] == [5, 5, 5]


async def test_a_client_that_leaves_takes_nothing() -> None:
    run, abc = Recording(), source()
    names = stock(run)
    await filled(names, abc, 100)
    before = (await names.take(abc, len(names), unique=False)).names
    leaving, staying = (asyncio.create_task(names.take(abc, 5, unique=False)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    taken: Taken = await staying
    assert before + taken.names == run.names[: len(before) + 5]


async def test_what_cannot_be_drawn_is_left_to_requests_that_are_drawn_alone() -> None:
    abc = source(end=20.0)  # names end at once
    names = stock(Recording(), Options(min_length=6, max_length=6, decent=False))
    names.request(abc, 500)

    async def failed() -> bool:
        return not names.serves(1, unique=False)

    await eventually(failed, bool)
    names.request(abc, 500)
    assert len(names) == 0


async def test_the_stock_of_a_model_goes_with_it() -> None:
    stocks, abc = Stocks(Recording(), max_waiting=9, max_wait_seconds=9), source()
    one = stocks.find(abc, SampleQuery(max_length=6))
    await filled(one, abc, 50)
    predictor = weakref.ref(abc.predictor)
    assert stocks.find(abc, SampleQuery(max_length=6, count=9, unique=False)) is one
    assert stocks.find(abc, SampleQuery(max_length=7)) is not one
    assert len(stocks) == 2
    del abc
    gc.collect()
    assert predictor() is None
    assert len(stocks) == 0


async def test_the_stocks_are_bounded() -> None:
    stocks, abc = Stocks(Recording(), max_waiting=9, max_wait_seconds=9), source()
    first = stocks.find(abc, SampleQuery(temperature=0.5))
    for number in range(MAX_STOCKS):
        stocks.find(abc, SampleQuery(temperature=1 + number / 1000))
    assert len(stocks) == MAX_STOCKS
    assert stocks.find(abc, SampleQuery(temperature=0.5)) is not first


@pytest.mark.parametrize(
    ("fields", "plain"),
    [
        ({}, True),
        ({"start": "a", "temperature": 0.7, "count": 100, "format": "csv"}, True),
        ({"details": False, "seed": "", "key": None, "novel": False}, True),  # as forms send them
        ({"count": 101}, False),
        ({"seed": "7"}, False),
        ({"details": True}, False),
        ({"suffix": "a"}, False),
        ({"reproducible": True}, False),
        ({"forms": ["latin"]}, False),
    ],
)
def test_a_plain_request_leaves_the_choice_to_the_model(fields: dict[str, Any], plain: bool) -> None:
    assert is_plain(SampleQuery(**fields)) is plain


@pytest.fixture
async def one_model(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Artifact]]:
    artifact = random_model(string.ascii_lowercase)
    save(artifact, tmp_path / "us.npz")
    async with serving(Settings(weights=tmp_path)) as client:
        yield client, artifact


async def test_answers_from_a_stock_look_like_all_others(one_model: tuple[httpx.AsyncClient, Artifact]) -> None:
    client, _ = one_model
    first = (await client.get("/sample")).json()
    others = [(await client.get("/sample")).json() for _ in range(50)]
    assert all(other.keys() == first.keys() and len(set(other["names"])) == 5 for other in others)
    drawn = (await client.get("/metrics")).text
    assert 'namewright_names_drawn_total{model="us"} 255.0' in drawn
