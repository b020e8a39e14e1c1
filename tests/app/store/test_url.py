import re

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.store.url import DatabaseUrl, InvalidDatabaseUrl


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sqlite:///here.db", "sqlite:///here.db"),
        ("sqlite:////var/lib/a b.db", "sqlite:////var/lib/a b.db"),
        ("sqlite+pysqlite:///here.db", "sqlite:///here.db"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p%40@h:5433/d?sslmode=require", "postgresql+psycopg://u:p%40@h:5433/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_a_database_is_written_as_hosts_and_operators_write_it(written: str, read: str) -> None:
    url = DatabaseUrl.parse(written)
    assert url.text == read
    assert url.is_sqlite == written.startswith("sqlite")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("sqlite:///here%20now.db?timeout=9", ("here now.db", "", None, None)),
        ("postgres://u:p%40%3A@HOST:5433/d", ("d", "host", 5433, "p@:")),
        ("postgresql://me@[::1]/d", ("d", "::1", None, None)),
        ("postgresql:///d?host=/run/postgresql&sslmode=require", ("d", "/run/postgresql", None, None)),
    ],
)
def test_a_url_is_taken_apart(written: str, parts: tuple[str, str, int | None, str | None]) -> None:
    url = DatabaseUrl.parse(written)
    assert (url.name, url.server, url.port, url.password) == parts
    assert "p@:" not in repr(url)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mysql://u:hush@h/d", "mysql:// is not supported"),
        ("postgresql+asyncpg://u:hush@h/d", "postgresql+asyncpg:// is not supported"),
        ("here.db", "not a URL"),
        ("", "not a URL"),
        ("hush hush://d", "not a URL"),
        ("postgresql://u:hush@h:/d", "cannot be read"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "must be a file"),
        ("sqlite://here.db", "three slashes"),
        ("postgresql://u:hu@sh@h/d", "write %40"),
        ("postgresql://u:hush@h:port/d", "cannot be read"),
    ],
)
def test_any_other_is_refused_in_one_line_without_its_password(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)) as refused:
        DatabaseUrl.parse(written)
    assert "\n" not in str(refused.value)
    assert "hush" not in str(refused.value)


PIECES = st.sampled_from(["://", "/", ":", "@", "?", "=", "&", "#", "[", "]", "%", "%40", "%00", "host", "5432", "a"])
URLS = st.tuples(
    st.sampled_from(["sqlite", "postgres", "postgresql", "postgresql+psycopg", "mysql"]),
    st.lists(PIECES | st.text(max_size=3), max_size=9).map("".join),
).map("://".join)


@given(st.text() | URLS)
def test_any_text_is_a_url_that_the_driver_reads_or_refused(text: str) -> None:
    try:
        url = DatabaseUrl.parse(text)
    except InvalidDatabaseUrl:
        return
    assert sa.make_url(url.text).get_backend_name() == ("sqlite" if url.is_sqlite else "postgresql")
    assert url.name or not url.is_sqlite
