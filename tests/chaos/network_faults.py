"""Links between a site and its database server that are cut, slow, or lose everything; and heal."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tests.chaos.database_faults import draws
from tests.chaos.installation import Fault, Installation
from tests.support.tcp_proxy import TcpProxy


def cut(installation: Installation, rng: np.random.Generator) -> str:
    """Every connection is reset, and each new one."""
    return _harm(installation, rng, TcpProxy.cut, rng.uniform(0, 15))


def stall(installation: Installation, rng: np.random.Generator) -> str:
    """Every packet is lost, and sent again in the end."""
    return _harm(installation, rng, TcpProxy.stall, rng.uniform(2, 15))


def stall_for_long(installation: Installation, rng: np.random.Generator) -> str:
    """The same, for so long that the worker there counts as lost."""
    return _harm(installation, rng, TcpProxy.stall, rng.uniform(35, 50))


def lose_answers(installation: Installation, rng: np.random.Generator) -> str:
    """Everything reaches the server, whose answers are lost, among them those to commits."""
    return _harm(installation, rng, lambda link: link.stall("client"), rng.uniform(2, 15), then=TcpProxy.cut)


def lose_questions(installation: Installation, rng: np.random.Generator) -> str:
    """Nothing reaches the server, and the link is cut before it does."""
    return _harm(installation, rng, lambda link: link.stall("server"), rng.uniform(2, 15), then=TcpProxy.cut)


def delay(installation: Installation, rng: np.random.Generator) -> str:
    """Every piece takes long."""
    seconds = rng.uniform(0.02, 0.3)
    return _harm(installation, rng, lambda link: link.delay(seconds), rng.uniform(3, 10))


def half_close(installation: Installation, rng: np.random.Generator) -> str:
    """The server's side of each connection ends, the other one stays open."""
    return _harm(installation, rng, TcpProxy.half_close, rng.uniform(0, 3))


def flap(installation: Installation, rng: np.random.Generator) -> str:
    """Cut and healed many times."""
    links, times = _links(installation, rng), int(rng.integers(5, 20))
    with draws(installation):
        for _ in range(times):
            for link in links:
                link.cut()
            time.sleep(rng.uniform(0, 0.5))
            for link in links:
                link.heal()
            time.sleep(rng.uniform(0, 1))
    return f"{len(links)} links, {times} times"


def _harm(
    installation: Installation,
    rng: np.random.Generator,
    act: Callable[[TcpProxy], object],
    seconds: float,
    *,
    then: Callable[[TcpProxy], object] = TcpProxy.heal,
) -> str:
    links = _links(installation, rng)
    with draws(installation):
        for link in links:
            act(link)
        try:
            time.sleep(seconds)
        finally:
            for link in links:
                then(link)
                link.heal()
    return f"{len(links)} links, {seconds:.0f} s"


def _links(installation: Installation, rng: np.random.Generator) -> list[TcpProxy]:
    """One link, or all of them."""
    count = int(rng.integers(1, len(installation.links) + 1))
    return [installation.links[place] for place in rng.permutation(len(installation.links))[:count]]


ON_POSTGRESQL: dict[str, Fault] = {
    "link cut": cut,
    "packets lost": stall,
    "packets lost for long": stall_for_long,
    "answers lost": lose_answers,
    "questions lost": lose_questions,
    "packets late": delay,
    "half closed": half_close,
    "link flaps": flap,
}
