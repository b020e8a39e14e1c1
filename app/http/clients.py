"""Who asks: clients take turns, and what is done for one that has left is stopped."""

from __future__ import annotations

from fastapi import Request

from app.serving.lanes import Client


def client_of(request: Request) -> Client:
    """The client of a request whose body was read; all behind one proxy are one."""

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return Client(request.client.host if request.client else "", left)
