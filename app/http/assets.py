"""The files that the page consists of, kept in memory, compressed, under addresses that change with their contents."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from string import Template

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from app.http.compression import VARIES, reads_gzip
from app.http.middleware.security_headers import POLICY, strict_policy

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"
"""An address with the contents' hash in it never has other contents."""

CHECKED = "no-cache"
"""Other addresses are asked again, and answered by their `ETag`."""

HASH_LETTERS = 12
SMALLEST_COMPRESSED = 512
"""Bytes below which compression saves less than its headers cost."""


STYLE_SHEET = re.compile(r'<link rel="stylesheet" href="\$assets/(.+?)">')


@dataclass(frozen=True)
class Page:
    """A page's template, and the headers that it is sent with."""

    template: Template
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Asset:
    """One file."""

    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        """The file as gzip; made when it is first asked for."""
        return gzip.compress(self.content, mtime=0)

    @cached_property
    def tag(self) -> str:
        """The hash of the file, as an `ETag`; weak, since it is that of both encodings."""
        return f'W/"{hashlib.sha256(self.content).hexdigest()[:HASH_LETTERS]}"'


class PageFiles:
    """All files of a folder that a page may load, at ``PATH/HASH/NAME`` for ever and at ``PATH/NAME`` as they are now.

    The hash is that of all files: modules import one another by their names, so that a change of one changes the
    address of every one.

    Attributes
    ----------
    version : str
        The hash.
    """

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.iterdir() if path.suffix in MEDIA_TYPES)
        self.files = {path.name: Asset(path.read_bytes(), MEDIA_TYPES[path.suffix]) for path in paths}
        everything = b"".join(name.encode() + b"\0" + file.content for name, file in self.files.items())
        self.version = hashlib.sha256(everything).hexdigest()[:HASH_LETTERS]

    def page(self, html: str, path: str) -> Page:
        """A page that loads these files, served below a path, for its `$assets`.

        Its style sheets stand in it: a page with a style sheet of its own is painted when that has come too, which is
        twice as late.
        """
        sheets = [self.files[name].content.decode() for name in STYLE_SHEET.findall(html)]
        places = iter(sheets)
        html = STYLE_SHEET.sub(lambda _: f"<style>{next(places).replace('$', '$$')}</style>", html)
        headers = {"Cache-Control": "no-cache", "Vary": "Accept", POLICY: strict_policy(sheets)}
        return Page(Template(html.replace("$assets", f"{path}/{self.version}")), headers)

    async def __call__(self, request: Request) -> Response:
        """Answer with a file, compressed where the client can read that."""
        file = self.files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        is_lasting = request.path_params.get("version") == self.version
        headers = {**VARIES, "Cache-Control": FOR_EVER if is_lasting else CHECKED, "ETag": file.tag}
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if len(file.content) >= SMALLEST_COMPRESSED and reads_gzip(request.headers):
            headers |= {"Content-Encoding": "gzip"}
            return Response(file.compressed, headers=headers, media_type=file.media_type)
        return Response(file.content, headers=headers, media_type=file.media_type)
