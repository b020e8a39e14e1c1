"""Runs the migrations on the connection that `app.store.migrate` brings; Alembic loads this by its name."""

from __future__ import annotations

from alembic import context

from app.store.migration import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
context.run_migrations()
