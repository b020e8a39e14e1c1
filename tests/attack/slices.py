"""The longest slices: how long large requests work between two checkpoints, of a usual model and of the largest.

A thread gives way, or stops since its client has left, at checkpoints. `python -m tests.attack.slices` answers each
of the dearest requests in this process, twice, since the first answer also makes what later ones find made, and prints
the longest slice of each and where it began and ended.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import thread_time
from types import FrameType
from typing import Any

from app.schemas.sample import SampleFields, sample_query, sample_request
from app.serving.answers import answer
from app.serving.drawing import seed_of
from app.serving.errors import NotDrawnYet
from app.serving.sequences import SequenceCache
from app.serving.snapshots import Served
from app.serving.source import Source
from app.settings import Settings
from model.artifact.bundled_models import find_model
from model.errors import NameModelError
from model.generation.blend import blend_of
from model.generation.checkpoints import checked_by, limited_ahead, own_time
from tests.attack.dearest import LARGEST, REQUESTS, USUAL, body_of, largest

SLICE_SECONDS = 0.05
"""Longest that one may be."""

AHEAD_SECONDS = 5.0
"""Of what comes ahead of an answer: its slices are alike."""

CALLERS = 4
"""Functions that are named of where a slice begins and ends."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Work between two checkpoints, in processor seconds."""

    seconds: float
    begin: str
    end: str

    def __str__(self) -> str:
        return f"{1000 * self.seconds:5.0f} ms from {self.begin} to {self.end}"


def longest_slice(work: Callable[[], object], max_seconds: float) -> Slice:
    """The longest slice of some work that has so many seconds."""
    begun = own_time()
    at, where, longest = thread_time(), "the beginning", Slice(0.0, "", "")

    def end_slice(here: str) -> None:
        nonlocal longest
        if (seconds := thread_time() - at) > longest.seconds:
            longest = Slice(seconds, where, here)

    def check(_: bool) -> float:
        nonlocal at, where
        here = _callers()
        end_slice(here)
        at, where = thread_time(), here
        return max_seconds - (own_time() - begun)

    with checked_by(check), limited_ahead(AHEAD_SECONDS), suppress(NotDrawnYet):
        work()
    end_slice("the end")
    return longest


def main() -> int:
    """Print a line for each request; 1 where a slice was too long."""
    settings = Settings()
    schema = sample_request(sample_query(settings))
    sources = {USUAL: Served(USUAL, 0, find_model(USUAL)).source, LARGEST: Served(LARGEST, 0, largest()).source}
    wanted = [what for what in REQUESTS if any(one in what for one in sys.argv[1:] or [""])]
    worst = 0.0
    for model, source in sources.items():
        for what in wanted:
            fields = REQUESTS[what]
            if "like" in fields or "parts" in fields or ("blend" in fields and model == LARGEST):
                continue
            one = _blend(fields["blend"]) if "blend" in fields else source
            try:
                found = [
                    longest_slice(_answering(one, schema, body_of(model, fields)), settings.max_seconds) for _ in "12"
                ]
            except NameModelError as error:
                print(f"{model:8} {what:36} {error}")
                continue
            for number, each in enumerate(found):
                if number or each.seconds > SLICE_SECONDS:
                    print(f"{model:8} {what:36} {each}", flush=True)
            worst = max(worst, *(each.seconds for each in found))
    print(f"longest: {1000 * worst:.0f} ms")
    return int(worst > SLICE_SECONDS)


def _answering(source: Source, schema: type[SampleFields], body: Mapping[str, Any]) -> Callable[[], object]:
    request = schema.model_validate(body)
    return lambda: answer(source, request, seed_of(request), SequenceCache(), is_admin=False)


def _blend(weights: Mapping[str, float]) -> Source:
    parts = [(name, find_model(name), weight) for name, weight in weights.items()]
    return Source("blend", None, blend_of(parts), tuple(artifact for _, artifact, _ in parts))


def _callers() -> str:
    """The functions that lead to a checkpoint, the innermost last."""
    frame: FrameType | None = sys._getframe(2)
    names: list[str] = []
    while frame is not None and len(names) < CALLERS:
        if "checkpoints" not in frame.f_code.co_filename and "contextlib" not in frame.f_code.co_filename:
            names.append(f"{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return ".".join(reversed(names))


if __name__ == "__main__":
    sys.exit(main())
