"""The server process: it takes its port, starts the application, and ends on SIGTERM or SIGINT."""

from __future__ import annotations

import signal
import socket
import sys
from argparse import ArgumentParser

import uvicorn

from app import logs
from app.main import create_app
from app.settings import Address, Settings, stop

SETTINGS = "HOST and PORT, and variables that begin with NAMEWRIGHT_, set everything; README has the table of them."

GRACE_SECONDS = 6
"""Longer than any request takes, but for streams, which are cut off; with what is done after, less than the 10 after
which `docker stop` kills."""


def main() -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first."""
    ArgumentParser(prog="python -m app", description="Serve names over HTTP.", epilog=SETTINGS).parse_args()
    settings, address = Settings.read(), Address.read()
    logs.configure(settings.log_level, settings.log_format)
    # uvicorn raises the signal once more when it has stopped; a requested stop is a success.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with _listen(address) as listening:
        host, port = listening.getsockname()[:2]
        config = uvicorn.Config(
            create_app(settings, f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"),
            log_config=None,
            ws="none",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listen(address: Address) -> socket.socket:
    """Take the port before anything is loaded, or end the process."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        stop(f"{address.host} port {address.port} cannot be had ({reason}); set PORT or HOST to another")
