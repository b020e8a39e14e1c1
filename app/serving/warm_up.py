"""Doing once, right after the start, what requests do first: what that imports needs descriptors, which may run out."""

from __future__ import annotations

from importlib import import_module

from anyio import to_thread

from app.logs import get_logger
from app.schemas.sample import SampleFields
from app.serving.drawing import draw_names
from app.serving.model_service import ModelService
from app.serving.sequences import SequenceCache

LETTERS = 12

LIBRARIES = ("jellyfish", "numpy.ma", "rapidfuzz.distance", "rapidfuzz.process")
"""What casts, constraints, details and `novel` import when they are first asked for."""

log = get_logger(__name__)


async def warm_up(service: ModelService) -> None:
    """Draw a name from the default model, which is not counted, and write the metrics."""
    served = await service.registry.resolve(service.registry.models.default)
    request = SampleFields.model_construct(model=served.name, max_length=LETTERS, count=1)
    await to_thread.run_sync(draw_names, served.source, request, None, SequenceCache())
    for library in LIBRARIES:
        await to_thread.run_sync(import_module, library)
    await service.expose_metrics()
    log.debug("first name drawn", model=request.model)
