import anyio
import pytest

from app.serving.source import Source
from app.serving.style_cache import StyleCache, new_reference
from model.generation.served import predictor_of
from tests.support.random_models import random_model

pytestmark = pytest.mark.anyio

PREDICTOR = predictor_of(random_model("ab"))


def made() -> Source:
    return Source(new_reference(), None, PREDICTOR, ())


async def test_what_is_made_is_found_by_reference_and_by_key() -> None:
    cache, source = StyleCache(2, 60), made()
    cache.put(b"key", source)
    assert cache.get(source.model) is source
    assert cache.get_by_key(b"key") is source
    assert cache.get(new_reference()) is None
    assert cache.get_by_key(b"other") is None
    cache.clear()


async def test_it_is_forgotten_after_its_time_unless_it_is_asked_for() -> None:
    forgotten: list[Source] = []
    cache, idle, used = StyleCache(2, 0.3, forgotten.append), made(), made()
    cache.put(b"idle", idle)
    cache.put(b"used", used)
    while idle not in forgotten:
        assert cache.get(used.model) is used
        await anyio.sleep(0.01)
    assert cache.get_by_key(b"idle") is None
    assert cache.get(idle.model) is None
    await anyio.sleep(0.4)
    assert forgotten == [idle, used]


async def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    forgotten: list[Source] = []
    cache, sources = StyleCache(2, 60, forgotten.append), [made() for _ in range(3)]
    for number, source in enumerate(sources):
        cache.put(b"%d" % number, source)
        assert cache.get(sources[0].model) is sources[0]
    assert forgotten == [sources[1]]
    assert cache.get_by_key(b"1") is None
    cache.clear()
    assert len(cache) == 0


def test_references_can_not_be_guessed() -> None:
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert {len(reference) for reference in references} == {len("style:") + 32}
