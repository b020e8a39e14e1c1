"""Forms with a file, as browsers and curl send them; held in memory, where no one else can look."""

from __future__ import annotations

import logging
from collections import Counter

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.http.problems import INVALID_REQUEST, UNSUPPORTED_MEDIA_TYPE, Refusal, wrong_field

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it would log bytes of what was sent

MAX_FIELDS = 40
MAX_FIELD_BYTES = 4096


class _InMemory(MultiPartParser):
    """Keeps a file in memory, whose size is limited before it comes here; its folder may not be writable."""

    spool_max_size = 0  # no limit
    ended = False

    def on_end(self) -> None:
        self.ended = True

    def close(self) -> None:
        """Let go of every file, also of one that is not all there."""
        for file in self._files_to_close_on_error:
            file.close()


async def read_form(request: Request) -> tuple[dict[str, str], bytes]:
    """The fields of a form that say something, and the content of its `file`.

    Raises
    ------
    Refusal
        There is no form, or it is broken, gives a field twice, or has no file.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE,
            "send a form as multipart/form-data with the list as its file, as curl does with -F file=@names.txt",
        )
    parser = _InMemory(
        request.headers, request.stream(), max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
    )
    try:
        form = await parser.parse()
        if not parser.ended:
            raise _broken("It ends too early.")
        return await _read(form.multi_items())
    except ClientDisconnect:
        raise _broken("It ends too early.") from None
    except (MultiPartException, ValueError) as error:  # the latter of a character set that is none
        reason = error.message if isinstance(error, MultiPartException) else "Its character set is unknown."
        raise _broken(reason) from None
    finally:
        parser.close()


async def _read(items: list[tuple[str, str | UploadFile]]) -> tuple[dict[str, str], bytes]:
    for field, times in Counter(field for field, _ in items).items():
        if times > 1:
            raise wrong_field(field, "give it once")
    given = dict(items)
    file = given.pop("file", None)
    if not isinstance(file, UploadFile) or not (file.filename or file.size):  # a chooser where nothing was chosen
        raise wrong_field("file", "it must be given, as a file: curl does so with -F file=@names.txt")
    fields = {field: value for field, value in given.items() if isinstance(value, str) and value}
    return fields, await file.read()


def _broken(reason: str) -> Refusal:
    return Refusal(INVALID_REQUEST, f"body: this form cannot be read ({reason.rstrip('.')})")
