"""The URL of a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode

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
    is_sqlite : bool
        Whether it is a file on this machine, and else on a PostgreSQL server.
    name : str
        The path of the file, or the name of the database on its server.
    host, port, user, password : optional
        Of PostgreSQL.
    options : tuple of (str, str)
        For the driver.
    """

    is_sqlite: bool
    name: str
    host: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str) -> DatabaseUrl:
        """Read a URL as hosts and operators write it.

        Raises
        ------
        InvalidDatabaseUrl
            It is not of SQLite or PostgreSQL, or cannot be meant so.
        """
        scheme, found, rest = url.partition("://")
        if not found or scheme not in SQLITE + POSTGRESQL:
            shown = (
                f"{scheme}:// is not supported" if found and scheme.replace("+", "").isalnum() else "it is not a URL"
            )
            raise InvalidDatabaseUrl(f"{shown} as the URL of a database", url)
        rest, _, query = rest.partition("?")
        authority, _, quoted_name = rest.partition("/")
        name, options = unquote(quoted_name), tuple(parse_qsl(query))
        if scheme in SQLITE:
            if authority:
                raise InvalidDatabaseUrl("the URL of an SQLite database has three slashes, or four", url)
            if not name or name.startswith((":memory:", "file:")):
                raise InvalidDatabaseUrl("an SQLite database must be a file that every process can open", url)
            return cls(True, name, options=options)
        credentials, has_user, server = authority.rpartition("@")
        user, has_password, password = credentials.partition(":")
        if "@" in credentials + quoted_name + query:
            raise InvalidDatabaseUrl("the password in the URL of the database has an @ in it; write %40", url)
        bracketed, _, after = server.removeprefix("[").partition("]")
        host, _, port = (bracketed, "", after.removeprefix(":")) if server[:1] == "[" else server.partition(":")
        if "#" in rest + query or ":" in password or not (port.isdecimal() or not port):
            raise InvalidDatabaseUrl("the URL of the database cannot be read", url)
        return cls(
            False,
            name,
            host or None,
            int(port) if port else None,
            unquote(user) if has_user else None,
            unquote(password) if has_password else None,
            options,
        )

    @property
    def server(self) -> str:
        """The host or the folder of the socket, as far as it is given."""
        return self.host or dict(self.options).get("host", "")

    def render(self) -> str:
        """The URL as SQLAlchemy and DBOS read it, its password in it."""
        server = ""
        if self.user is not None:
            server += quote(self.user, safe=" +")
            server += "" if self.password is None else ":" + quote(self.password, safe=" +")
            server += "@"
        if self.host is not None:
            server += f"[{self.host}]" if ":" in self.host else self.host
        if self.port is not None:
            server += f":{self.port}"
        scheme = "sqlite" if self.is_sqlite else "postgresql+psycopg"
        query = f"?{urlencode(self.options)}" if self.options else ""
        return f"{scheme}://{server}/{quote(self.name, safe=' +/')}{query}"
