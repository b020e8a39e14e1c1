"""The commands of who keeps the database: backup, restore, upgrade."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, _SubParsersAction
from contextlib import closing
from pathlib import Path
from typing import NoReturn

from app.settings import Settings
from app.store.errors import Outage


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the commands to a parser; each sets `run` and the parameters of it."""
    for run, help_text, file_help in (
        (backup, "Write all of the database to one file, while it is in use.", "a file that is not there yet"),
        (restore, "Make the database of such a file, where there is none yet.", "what backup wrote"),
        (upgrade, "Bring the database up to date, before the new software starts.", None),
    ):
        parser = commands.add_parser(run.__name__, help=help_text, description=f"{help_text} {DATABASE}")
        parser.set_defaults(run=run)
        if file_help:
            parser.add_argument("file", type=Path, help=file_help)


DATABASE = "NAMEWRIGHT_DATABASE_URL says which database that is."


def backup(file: Path) -> None:
    """Write a backup."""
    from app.store.backup import BackupError, backup

    try:
        backup(Settings.read().database, file)
    except BackupError as error:
        _refuse(error)
    print(f"{file}: {file.stat().st_size:,} bytes")


def restore(file: Path) -> None:
    """Make a database of a backup."""
    from app.store.backup import BackupError, restore

    try:
        restore(file, Settings.read().database)
    except BackupError as error:
        _refuse(error)
    print("restored; namewright can start")


def upgrade() -> None:
    """Bring our tables and those of DBOS up to date, as a service and its worker do at their start."""
    from app.store.migration import revision
    from app.store.sync_store import Store

    with closing(Store(Settings.read().database_url)) as store:
        try:
            store.migrate()
            from app.worker.workflow import migrate

            migrate(store)
            print(f"the database is up to date, at revision {revision(store.database)}")
        except Outage as outage:
            _refuse(outage)


def _refuse(reason: Exception) -> NoReturn:
    print(f"error: {reason}", file=sys.stderr)
    sys.exit(2)
