"""`python -m app`: serve on HOST and PORT."""

from __future__ import annotations

import signal
import sys

import uvicorn

from app import logs
from app.main import create_app
from app.settings import Address, Settings

GRACE_SECONDS = 30


def main() -> None:
    """Serve until told to stop; requests in flight are answered first."""
    settings, address = Settings.read(), Address.read()
    logs.configure(settings)
    # uvicorn raises the signal once more when it has stopped; a stop that was asked for is a success.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        create_app(settings),
        host=address.host,
        port=address.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
