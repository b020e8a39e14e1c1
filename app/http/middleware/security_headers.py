"""Security headers of every answer, and the content policy of pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

POLICY = "Content-Security-Policy"
RAW_POLICY = POLICY.lower().encode()
NO_CONTENT = (RAW_POLICY, b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
"""The policy of answers that no browser shows; a page has its own."""

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""Headers of every answer, refusals included."""

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page_policy(html: str) -> str:
    """The policy of one page: files of this server, and the scripts that stand in it."""
    scripts = " ".join(["'self'", *map(_source, INLINE_SCRIPT.findall(html))])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def strict_policy(styles: Iterable[str]) -> str:
    """The policy of a page that loads files of this server and nothing else, and has these style sheets in it.

    No script stands in the page itself, and no text becomes one.
    """
    allowed = " ".join(["'self'", *map(_source, styles)])
    return (
        f"default-src 'none'; script-src 'self'; style-src {allowed}; img-src 'self'; connect-src 'self'; form-action "
        "'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _source(text: str) -> str:
    """What allows a script or a style sheet in a page: its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
