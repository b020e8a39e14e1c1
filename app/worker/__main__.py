"""`python -m app.worker`: train what is in the queue until SIGTERM.

A service that starts a worker passes it the lock, as a descriptor; a pipe as standard input, which closes when the
service ends, even by a crash; and a pipe for signs of life, without which it takes the worker for hung.
"""

from __future__ import annotations

import os
import signal
import time
from argparse import SUPPRESS, ArgumentParser
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from app import logs
from app.logs import get_logger
from app.settings import Settings, stop
from app.worker.lock import holds, lock_path, take

NICENESS = 19
"""Where answers and training want the same core, answers have priority."""

LOOK_SECONDS = 0.5
"""How often the lock is looked for, and threads that hang."""

HUNG_LOOKS = 600
"""At so many looks in a row, in some five minutes, a thread that does anything has taken some time of the processor."""

SIGN_SECONDS = 1.0

log = get_logger("app.worker")


def main(prog: str = "python -m app.worker") -> None:
    """Work until SIGTERM, or until the service has ended."""
    parser = ArgumentParser(prog=prog, description="Train what is in the queue.")
    parser.add_argument("--lock", type=int, metavar="DESCRIPTOR", help=SUPPRESS)  # only the service has one to pass
    parser.add_argument("--signs", type=int, metavar="DESCRIPTOR", help=SUPPRESS)
    options = parser.parse_args()
    if options.signs is not None:
        Thread(target=_give_signs, args=[options.signs], name="signs of life", daemon=True).start()
    settings = Settings.read()
    logs.configure(settings.log_level, settings.log_format)
    os.nice(NICENESS)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    path = lock_path(settings.database, settings.worker_name)
    if options.lock is None:
        lock = _take_lock(path, settings.worker_name)
    else:
        lock = options.lock
        Thread(target=_end_with_the_service, name="service watch", daemon=True).start()
    from app.worker.hangs import ThreadWatch
    from app.worker.runtime import WorkerRuntime  # takes a second or two; the service is watched before

    watch = ThreadWatch(HUNG_LOOKS)
    runtime = WorkerRuntime(settings, stopping, watch)
    working = Thread(target=runtime.work, name="runtime", daemon=True)
    working.start()
    while working.is_alive() and not stopping.wait(LOOK_SECONDS):
        if not holds(lock, path):
            log.error("the lock was removed, so another worker may start", path=str(path))
            stopping.set()
        elif hang := watch.look():
            log.error("worker ends, since a thread of it hangs", thread=hang.thread, stack=hang.stack)
            break
    if stopping.is_set():
        runtime.end()
        log.info("worker stopped")
    # At a normal exit Python joins DBOS's executor threads, of which one may still train, or wait for as long as a
    # workflow runs that another worker has taken over.
    os._exit(0 if stopping.is_set() else 1)


def _take_lock(path: Path, worker: str) -> int:
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


def _give_signs(descriptor: int) -> None:
    """Tell the service each second that this process goes on, even while it imports, or waits for the database."""
    os.set_blocking(descriptor, False)
    while True:
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(descriptor, b".")
        time.sleep(SIGN_SECONDS)


def _end_with_the_service() -> None:
    """End the process when the service closes its end of the pipe."""
    while os.read(0, 1):  # not through sys.stdin, whose lock would be in the way of an end by another cause
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
