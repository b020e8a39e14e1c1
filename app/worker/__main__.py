"""`python -m app.worker`: train what is in the queue, until told to stop.

Under a service, the lock and the lifeline come from it: a descriptor that holds the lock already, and a pipe as
standard input that closes when the service is gone, however it went.
"""

from __future__ import annotations

import os
import signal
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from threading import Event, Thread

from app import logs
from app.logs import get_logger
from app.settings import Settings, stop
from app.worker.lock import holds, lock_path, take

NICENESS = 19
"""Answers come before training, where both want the same core."""

LOOK_SECONDS = 0.5

log = get_logger("app.worker")


def main() -> None:
    """Work until told to stop, or until the service is gone."""
    parser = ArgumentParser(prog="python -m app.worker", description="Train what is in the queue.")
    parser.add_argument("--lock", type=int, metavar="DESCRIPTOR", help=SUPPRESS)
    options = parser.parse_args()  # the lock is the service's to give
    settings = Settings.read()
    logs.configure(settings.log_level, settings.log_format)
    os.nice(NICENESS)
    stopping = Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stopping.set())
    path = lock_path(settings.database, settings.worker_name)
    if options.lock is None:
        lock = _lock(path, settings.worker_name)
    else:
        lock = options.lock
        Thread(target=_end_with_the_service, name="lifeline", daemon=True).start()
    from app.worker.runtime import WorkerRuntime  # takes a second or two, and the lifeline should stand before

    shift = WorkerRuntime(settings, stopping)
    working = Thread(target=shift.work, name="shift", daemon=True)
    working.start()
    while working.is_alive() and not stopping.wait(LOOK_SECONDS):
        if not holds(lock, path):
            log.error("the lock was removed, so another worker may start", path=str(path))
            stopping.set()
    if stopping.is_set():
        shift.end()
        log.info("worker stopped")
    # Threads that wait for ever would keep a tidier exit from coming to an end.
    os._exit(0 if stopping.is_set() else 1)


def _lock(path: Path, worker: str) -> int:
    try:
        held = take(path)
    except OSError as error:
        stop(f"the lock {path} cannot be had ({error.strerror})")
    if held is None:
        stop(
            f"another worker of the name {worker!r} runs here; stop it, or give this one a name with "
            "NAMEWRIGHT_WORKER_ID"
        )
    return held


def _end_with_the_service() -> None:
    """The other end of the pipe is the service's: it closes at its stop, and at its crash."""
    while os.read(0, 1):  # not through sys.stdin, whose lock would be in the way of an end by another cause
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
