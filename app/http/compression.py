"""Answers as gzip, where the client reads that and nothing in them is secret.

The length of a compressed answer tells what is alike in it: of one that has a secret beside something that another may
choose, the secret could be found (the BREACH attack). So nothing is compressed that goes to an admin.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from fastapi import Request, Response
from starlette.datastructures import Headers

LEVEL = 6
VARIES: Mapping[str, str] = {"Vary": "Accept-Encoding"}


def compress(request: Request, response: Response) -> Response:
    """An answer that is not secret, compressed where the client reads gzip and is nobody in particular."""
    response.headers.add_vary_header("Accept-Encoding")
    if "authorization" not in request.headers and reads_gzip(request.headers):
        response.body = gzip.compress(response.body, LEVEL, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response


def reads_gzip(headers: Headers) -> bool:
    """Whether a client says that it reads gzip (RFC 9110, 12.5.3); a weight of 0 says that it does not."""
    for one in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = (part.strip() for part in one.partition(";"))
        if coding == "gzip":
            return not (weight.startswith("q=0") and not weight.strip("q=0. "))
    return False
