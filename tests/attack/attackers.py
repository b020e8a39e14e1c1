"""Attackers of one kind, in a process of their own, until it is ended: ``python -m tests.attack.attackers KIND PORT``.

Some ask for the dearest that anyone may ask for; the others hold on to what they can, and begin anew when refused.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from functools import partial

from tests.attack.crowd import DEAR, SLOW_BODY, SLOW_HEAD
from tests.attack.exchanges import Connection

TOKEN = "a-token-of-the-tests"  # noqa: S105
"""Of the admin, whom uploads need."""

UPLOAD = (
    f"POST /train/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 4000000\r\n\r\n"
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
).encode()
LINES = b"Anna\n" * 1600
"""Of a list that is uploaded: 8 kB, so that it comes as slowly as is borne."""

LEAST_PRIORITY = 19
"""Attackers are on other machines: what they take of this one should not count."""

DRIP_SECONDS = 0.5
"""Between two pieces of what is sent slowly."""


async def _ask_for_the_dearest(connection: Connection) -> None:
    """Ask, and again at once whatever the answer."""
    while not (await connection.ask(DEAR)).is_last:
        pass


async def _send(connection: Connection, begin: bytes, piece: bytes, seconds: float) -> None:
    """Send a request without end, a piece each so many seconds, or as fast as they are taken."""
    connection.send(begin)
    while not connection.has_ended:
        await asyncio.sleep(seconds)
        connection.send(piece)
        await connection.drain()


Attack = Callable[[Connection], Coroutine[None, None, None]]

_slow_head: Attack = partial(_send, begin=SLOW_HEAD, piece=b"x", seconds=DRIP_SECONDS)
_slow_body: Attack = partial(_send, begin=SLOW_BODY, piece=b" ", seconds=DRIP_SECONDS)
_upload: Attack = partial(_send, begin=UPLOAD, piece=LINES, seconds=DRIP_SECONDS)
_endless_head: Attack = partial(_send, begin=SLOW_HEAD, piece=b"x" * 2**14, seconds=0.0)

KINDS: dict[str, list[Attack]] = {
    "1 dearest request": [_ask_for_the_dearest],
    "4 dearest requests": [_ask_for_the_dearest] * 4,
    "16 dearest requests": [_ask_for_the_dearest] * 16,
    "200 slow clients": [_slow_head, _slow_body] * 100,
    "an endless header": [_endless_head],
    "100 slow uploads": [_upload] * 100,
}
"""What each attacker does on a connection, and then on another."""


async def run(kind: str, port: int) -> None:
    """Attack a service until this is cancelled."""
    async with asyncio.TaskGroup() as group:
        for attack in KINDS[kind]:
            group.create_task(_repeat(attack, port))


async def _repeat(attack: Attack, port: int) -> None:
    while True:
        connection = await Connection.open(port)
        try:
            await attack(connection)
        finally:
            connection.close()


if __name__ == "__main__":
    os.nice(LEAST_PRIORITY)
    asyncio.run(run(sys.argv[1], int(sys.argv[2])))
