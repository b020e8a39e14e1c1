"""The URL of a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

SQLITE = ("sqlite", "sqlite+pysqlite")
POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")

SQLITE_FORM = "write sqlite:///path, or sqlite:////path from the root"
FORMS = (
    "write sqlite:///path or postgresql://user:password@host/name; "
    "in a password, @ is %40, / is %2F, : is %3A, # is %23, ? is %3F and % is %25"
)


class InvalidDatabaseUrl(ValueError):
    """A URL of no database that can be used; the message repeats nothing of it but the scheme.

    Attributes
    ----------
    advice : str
        What to write instead.
    """

    def __init__(self, reason: str, url: str) -> None:
        self.advice = SQLITE_FORM if url.startswith("sqlite") else FORMS
        super().__init__(f"{reason}; {self.advice}")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where a database is.

    Attributes
    ----------
    text : str
        The URL as SQLAlchemy and DBOS read it, its password in it.
    is_sqlite : bool
        Whether it is a file on this machine, and else on a PostgreSQL server.
    name : str
        The path of the file, or the name of the database on its server.
    server : str
        Host or folder of the socket of PostgreSQL, as far as it is given.
    port : int, optional
        Of PostgreSQL.
    password : str, optional
        Of PostgreSQL.
    options : frozenset of str
        Names of the options for the driver.
    """

    text: str = field(repr=False)
    is_sqlite: bool
    name: str
    server: str = ""
    port: int | None = None
    password: str | None = field(default=None, repr=False)
    options: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, url: str) -> DatabaseUrl:
        """Read a URL as hosts and operators write it.

        Raises
        ------
        InvalidDatabaseUrl
            It is not of SQLite or PostgreSQL, or cannot be meant so.
        """
        scheme, found, rest = url.partition("://")
        if scheme in SQLITE and found:
            return cls(f"sqlite://{rest}", True, _sqlite_path(rest, url))
        if scheme not in POSTGRESQL or not found:
            is_scheme = found and scheme.replace("+", "").isalnum()
            shown = f"{scheme}:// is not supported" if is_scheme else "it is not a URL"
            raise InvalidDatabaseUrl(f"{shown} as the URL of a database", url)
        if rest.count("@") > 1:
            raise InvalidDatabaseUrl("the password in the URL of the database has an @ in it; write %40", url)
        try:
            parts = urlsplit(url, allow_fragments=False)
            password, port = parts.password, parts.port
        except ValueError:
            raise InvalidDatabaseUrl("the URL of the database cannot be read", url) from None
        is_port_empty = parts.netloc.endswith(":")  # which the driver would not read
        if is_port_empty or "#" in rest or "@" in parts.path + parts.query or ":" in (password or ""):
            raise InvalidDatabaseUrl("the URL of the database cannot be read", url)
        options = parse_qs(parts.query)
        server = parts.hostname or options.get("host", [""])[0]
        name = unquote(parts.path.removeprefix("/"))
        text = f"postgresql+psycopg://{rest}"
        return cls(text, False, name, server, port, password and unquote(password), frozenset(options))


def _sqlite_path(rest: str, url: str) -> str:
    if rest and not rest.startswith("/"):
        raise InvalidDatabaseUrl("the URL of an SQLite database has three slashes, or four", url)
    path = unquote(rest.removeprefix("/").partition("?")[0])
    if not path or path.startswith((":memory:", "file:")):
        raise InvalidDatabaseUrl("an SQLite database must be a file that every process can open", url)
    return path
