"""What outlives a process: jobs, lists, checkpoints, versions and who is at work, in SQLite or PostgreSQL.

Trainer and server never call each other; this is where they meet. Importing it takes a tenth of a second or more, so
the service does so in the background, after it is ready.
"""

from app.store.errors import (
    KeyReused,
    NoSuchVersion,
    NotReady,
    Outage,
    QueueFull,
    StoreError,
    Superseded,
    Unavailable,
    VersionInService,
)
from app.store.snapshots import ENDED, Catalogue, Change, Claim, Entry, Job, Order, State, Version
from app.store.sqlite import dbos_engine
from app.store.store import Store

__all__ = [
    "ENDED",
    "Catalogue",
    "Change",
    "Claim",
    "Entry",
    "Job",
    "KeyReused",
    "NoSuchVersion",
    "NotReady",
    "Order",
    "Outage",
    "QueueFull",
    "State",
    "Store",
    "StoreError",
    "Superseded",
    "Unavailable",
    "Version",
    "VersionInService",
    "dbos_engine",
]
