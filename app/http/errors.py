"""What the edge itself refuses, before any use case hears of it.

EdgeError
├── Unauthorized           the admin token is missing or wrong
├── AdminDisabled          no admin token is set
├── UnreadableRequest      the request cannot be read to its end
│   ├── MalformedRequest   what was sent is no request of HTTP
│   ├── HeadTooLarge       the head of the request has more bytes or headers than any may
│   ├── RequestTimeout     the request takes too long to come
│   ├── ServiceStops       the service stops before the request has come, or before it is answered
│   └── BodyTooLarge       the body has more bytes than its path takes
├── QueryTooLong           the query has more bytes than any takes
├── NotAcceptable          no format that the client accepts is offered
├── UnsupportedMediaType   the body is of another media type
├── EncodedBody            the body is compressed
├── InvalidHost            no host is named, or several are
├── InvalidRange           the part of a file that is asked for is not there, or not said as it should be
├── BrokenForm             a form cannot be read
├── InvalidField           a field of a form is wrong
└── InternalError          something failed that should not
"""

from __future__ import annotations

from starlette.exceptions import HTTPException

TOKEN_SETTING = "NAMEWRIGHT_ADMIN_TOKEN"  # noqa: S105 - its name


class EdgeError(Exception):
    """Base of every refusal of the edge."""


class Unauthorized(EdgeError):
    """The admin token is missing, or another one."""

    def __init__(self, *, is_token_sent: bool) -> None:
        reason = "the token is another one" if is_token_sent else "there is no token"
        super().__init__(
            f"{reason}: send the header Authorization: Bearer ... with the token that {TOKEN_SETTING} sets"
        )
        self.headers = {"WWW-Authenticate": 'Bearer error="invalid_token"' if is_token_sent else "Bearer"}


class AdminDisabled(EdgeError):
    """No admin token is set, so nobody is the admin."""

    def __init__(self) -> None:
        super().__init__(
            f"no admin token is set: start the service with {TOKEN_SETTING} set to a long random text, "
            "and send it as Authorization: Bearer ..."
        )


class UnreadableRequest(EdgeError, HTTPException):
    """The request cannot be read to its end.

    An HTTPException, since FastAPI turns any other that is raised while it reads a body into one.
    """

    def __str__(self) -> str:
        return self.detail


class MalformedRequest(UnreadableRequest):
    """What was sent is no request of HTTP, or the body is not framed as it should be."""

    def __init__(self) -> None:
        advice = "send one of HTTP/1.1 (RFC 9112), with letters beyond ASCII in its address as in %C3%A9"
        HTTPException.__init__(self, 400, f"this cannot be read as a request; {advice}")


class HeadTooLarge(UnreadableRequest):
    """The head of the request has more bytes or headers than any may."""

    def __init__(self, max_bytes: int, max_headers: int) -> None:
        reason = f"the head of a request may have at most {max_bytes} bytes and {max_headers} headers"
        HTTPException.__init__(self, 431, f"{reason}; send fewer or shorter ones")


class RequestTimeout(UnreadableRequest):
    """The request takes too long to come."""

    def __init__(self, *, is_body: bool) -> None:
        part = "body" if is_body else "head"
        HTTPException.__init__(self, 408, f"the {part} of the request took too long to come; send it again, sooner")


class ServiceStops(UnreadableRequest):
    """The service stops before the request has come whole, or before it is answered."""

    def __init__(self) -> None:
        HTTPException.__init__(self, 503, "the service stops; try again in a moment")


class BodyTooLarge(UnreadableRequest):
    """The body is larger than its path takes."""

    def __init__(self, max_bytes: int) -> None:
        HTTPException.__init__(self, 413, f"a request body may have at most {max_bytes} bytes here")


class QueryTooLong(EdgeError):
    """The query is longer than any takes."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"a query may have at most {max_bytes} bytes")


class NotAcceptable(EdgeError):
    """The client accepts none of the `media_types` that are offered."""

    def __init__(self, media_types: list[str]) -> None:
        super().__init__(f"accept one of {', '.join(media_types)}, or set format")
        self.media_types = media_types


class UnsupportedMediaType(EdgeError):
    """The body is of another media type than its path takes."""

    def __init__(self, advice: str = "send a JSON object, with the header Content-Type: application/json") -> None:
        super().__init__(advice)


class EncodedBody(EdgeError):
    """The body is compressed, or encoded otherwise; what it would come to, nobody knows before."""

    def __init__(self) -> None:
        super().__init__("send the body as it is, without a Content-Encoding and with no Transfer-Encoding but chunked")
        self.headers = {"Accept-Encoding": "identity"}


class InvalidHost(EdgeError):
    """A request names no host, or several, of which a proxy in front may have taken another one."""

    def __init__(self) -> None:
        super().__init__("send one Host header, as HTTP/1.1 asks (RFC 9112, section 3.2)")


class InvalidRange(EdgeError):
    """The part of a file that is asked for is not there; `content_range` has the size of the file, if known."""

    def __init__(self, content_range: str | None = None) -> None:
        super().__init__("Range: ask for bytes that the file has, as in bytes=0-99, or send no Range")
        self.headers = {"Content-Range": content_range} if content_range else {}


class BrokenForm(EdgeError):
    """A form cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"body: this form cannot be read ({reason.rstrip('.')})")


class InvalidField(EdgeError):
    """A field of a form is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class InternalError(EdgeError):
    """Something failed that should not; the log has the reason under the `request_id`."""

    def __init__(self, request_id: str) -> None:
        super().__init__("something failed that should not; the log has the reason under this request_id")
        self.request_id = request_id
