"""Kills in the midst of making the tables, on a database of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from tests.chaos.installation import Fault, Installation
from tests.support.checkout import ROOT
from tests.support.stores import opened

KILLS = 6

MIGRATE = """
import sys
from app.store.sync_store import Store
import app.store.migration  # which takes longer than what it does
store = Store(sys.argv[1])
print("ready", flush=True)
store.migrate()
"""


def kill_migration(installation: Installation, rng: np.random.Generator) -> str:
    """A process that makes the tables is killed at some instant: all of them are there, or none; then they are made."""
    whole = installation.new_database()
    began, process = _begin(whole)
    assert process.wait() == 0
    seconds = time.monotonic() - began
    expected, url = tables(whole), installation.new_database()
    early = 0
    for _ in range(KILLS):
        _, process = _begin(url)
        time.sleep(rng.uniform(0, seconds))
        process.kill()
        process.wait()
        found = tables(url) if _is_made(url) else {}
        assert found in ({}, expected), found.keys() ^ expected.keys()
        if found:
            url = installation.new_database()
        else:
            early += 1
    _, process = _begin(url)
    assert process.wait() == 0
    assert tables(url) == expected
    with opened(url) as store:
        assert store.versions.sequence() == 0
    return f"{early} of {KILLS} before the end"


def _begin(url: str) -> tuple[float, subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", MIGRATE, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
    return time.monotonic(), process


def tables(url: str) -> dict[str, Any]:
    """The columns and indexes of every table of ours, and what is in the smallest of them."""
    with opened(url) as store, store.database.reading() as connection:
        found = sa.inspect(connection)
        return {
            name: (
                [(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)],
                sorted(str(one["name"]) for one in found.get_indexes(name)),
            )
            for name in found.get_table_names()
            if name.startswith("namewright_")
        }


def _is_made(url: str) -> bool:
    """Whether there is a database of that URL; an SQLite file is made by the migration."""
    return not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).exists()


FAULTS: dict[str, Fault] = {"killed in migration": kill_migration}
