"""Forms with a file, as browsers and curl send them, held in memory."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.http.errors import BrokenForm, InvalidField, UnsupportedMediaType
from app.schemas.fields import UNKNOWN_FIELD, KnownFields

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it would log bytes of what was sent

MAX_FIELDS = 40
MAX_FIELD_BYTES = 4096
ENDS_TOO_EARLY = "It ends too early."


class _InMemory(MultiPartParser):
    """Keeps a file in memory: its size is limited already, and there may be no folder to write to."""

    spool_max_size = 0  # no limit

    def __init__(self, request: Request) -> None:
        limits = {"max_files": 1, "max_fields": MAX_FIELDS, "max_part_size": MAX_FIELD_BYTES}
        super().__init__(request.headers, self._complete(request.stream()), **limits)
        self._has_ended = False

    def on_end(self) -> None:
        self._has_ended = True

    async def _complete(self, stream: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """The same bytes; raises where they end before the form does, which the parser would not notice."""
        async for chunk in stream:
            yield chunk
        if not self._has_ended:
            raise MultiPartException(ENDS_TOO_EARLY)


async def read_form(request: Request, known: type[KnownFields]) -> tuple[dict[str, str], bytes]:
    """The fields of a form that are not empty, and the content of its `file`; `known` are those that there may be.

    Raises
    ------
    UnsupportedMediaType, BrokenForm, InvalidField
        There is no form, or it is broken, gives a field twice, or has no file.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise UnsupportedMediaType(
            "send a form as multipart/form-data with the list as its file, as curl does with -F file=@names.txt"
        )
    try:
        form = await _InMemory(request).parse()
    except ClientDisconnect:
        raise BrokenForm(ENDS_TOO_EARLY) from None
    except MultiPartException as error:
        raise BrokenForm(error.message) from None
    except ValueError:
        raise BrokenForm("Its character set is unknown.") from None
    try:
        return await _read(form.multi_items(), known.field_names() | {"file"})
    finally:
        await form.close()


async def _read(items: list[tuple[str, str | UploadFile]], known: frozenset[str]) -> tuple[dict[str, str], bytes]:
    for field, times in Counter(field for field, _ in items).items():
        if times > 1:
            raise InvalidField(field if field in known else UNKNOWN_FIELD, "give it once")
    given = dict(items)
    file = given.pop("file", None)
    if not isinstance(file, UploadFile) or not (file.filename or file.size):  # a chooser where nothing was chosen
        raise InvalidField("file", "it must be given, as a file: curl does so with -F file=@names.txt")
    fields = {field: value for field, value in given.items() if isinstance(value, str) and value}
    return fields, await file.read()
