"""`python -m app.http.token_file`: the admin token of `make serve`, made once and kept with the data.

The token goes to standard output, and where it is kept to standard error.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from app.settings import Settings, stop

FILE_NAME = "admin-token"
TOKEN_BYTES = 16


def token_path(settings: Settings) -> Path:
    """Where the token is kept: beside the SQLite file, else in the user's folder for data."""
    folder = Path(settings.database.name).parent if settings.database.is_sqlite else user_data_path("namewright")
    return folder / FILE_NAME


def read_or_make(path: Path) -> str:
    """The token in a file, which is made for its owner only where there is none.

    Of several processes that make it at the same time, one does, and all return that token.

    Raises
    ------
    OSError
        The file cannot be read or made.
    UnicodeDecodeError
        It holds no text.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = path.with_name(f"{path.name}.{os.getpid()}.scratch")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(TOKEN_BYTES) + "\n")
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(scratch, path)  # unlike a rename, never in place of another's
        scratch.unlink()
    return path.read_text("utf-8").strip()


def main() -> None:
    """Print the token."""
    path = token_path(Settings.read())
    try:
        token = read_or_make(path)
    except UnicodeDecodeError:
        token = ""
    except OSError as error:
        stop(f"the admin token cannot be kept in {path} ({error.strerror}); set NAMEWRIGHT_ADMIN_TOKEN")
    if not token:
        stop(f"{path} holds no admin token: write one into it, or remove it, and a new one is made")
    print(f"The admin token is kept in {path}.", file=sys.stderr)
    print(token)


if __name__ == "__main__":
    main()
