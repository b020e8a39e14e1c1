"""What one client may have of a process: bytes, time and connections."""

from __future__ import annotations

import resource
from dataclasses import dataclass

RESERVED_DESCRIPTORS = 64
"""For files, databases and processes beside the connections."""

MAX_BACKLOG, MAX_REFUSED = 1024, 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client may have of a process.

    Attributes
    ----------
    connections
        Most that are open at once. One more takes the place of the one whose client is waited for the longest.
    refused
        Most that may be open beside them while they are refused.
    head_bytes, headers
        Size of the head of a request: its first line and its headers.
    head_seconds
        From the opening of a connection, or from the first byte of a request, to the end of its head.
    idle_seconds
        Between two requests.
    body_seconds
        For a body, beside what `bytes_per_second` allows.
    read_seconds
        For an answer to be read, beside the same.
    linger_seconds, linger_bytes
        What is received and ignored after a refusal: a connection that is closed while its client sends may take the
        answer with it.
    parting_seconds, begun_seconds
        How long an open connection waits for a request that may be on its way, and for the rest of one that has begun
        to come, when the service stops.
    """

    connections: int = 1000
    refused: int = 64
    head_bytes: int = 64 * 2**10
    headers: int = 100
    head_seconds: float = 10.0
    idle_seconds: float = 5.0
    body_seconds: float = 20.0
    read_seconds: float = 30.0
    bytes_per_second: int = 16 * 2**10
    linger_seconds: float = 5.0
    linger_bytes: int = 16 * 2**20
    parting_seconds: float = 0.5
    begun_seconds: float = 2.0


def bounds_of_process(most_connections: int) -> tuple[Bounds, int]:
    """Bounds that leave descriptors for other things, and the backlog that goes with them."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return Bounds(most_connections, MAX_REFUSED), MAX_BACKLOG
    free = max(descriptors - RESERVED_DESCRIPTORS, RESERVED_DESCRIPTORS)
    backlog = min(free // 4, MAX_BACKLOG)
    refused = min(backlog // 2, MAX_REFUSED)
    return Bounds(min(most_connections, free - backlog - refused), refused), backlog
