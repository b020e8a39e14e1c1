from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.settings import Address, Settings
from app.store.sync_store import Store
from model.decency.patterns import parse


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"NAMEWRIGHT_{field.upper()}", raising=False)


@pytest.mark.parametrize("kind", [Settings, Address])
def test_every_setting_has_a_sentence(kind: type[Settings | Address]) -> None:
    for name, field in kind.model_fields.items():
        assert field.description is not None, name
        assert field.description.endswith("."), name


def test_the_weights_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings().weights == Path(__file__).parents[2] / "weights"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_MAX_COUNT", "7")
    settings = Settings.read()
    assert settings.max_count == 7


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("*", ("*",)),
        ("https://a.example, http://b.example:8080", ("https://a.example", "http://b.example:8080")),
        ("http://[::1]:3000,moz-extension://0f-1a,", ("http://[::1]:3000", "moz-extension://0f-1a")),
    ],
)
def test_origins_are_separated_by_commas(value: str, origins: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_CORS_ORIGINS", value)
    assert Settings.read().cors_origins == origins


def test_words_that_are_left_out_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_WORDS_LEFT_OUT", " sauron,*mord*, Grima Wormtongue,мордор,")
    assert Settings.read().words_left_out == ("sauron", "*mord*", "Grima Wormtongue", "мордор")


def test_a_variable_that_is_no_setting_is_told_and_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.unknown_variables() == []
    monkeypatch.setenv("NAMEWRIGHT_MAX_COUNT", "7")
    monkeypatch.setenv("namewright_max_length", "7")
    monkeypatch.setenv("NAMEWRIGHT_MAX_CUONT", "5")
    assert Settings.read().max_count == 7
    assert Settings.unknown_variables() == ["NAMEWRIGHT_MAX_CUONT"]


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMEWRIGHT_MAX_COUNT", "")
    assert Settings.read().max_count == 1000


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().max_count = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("kind", "variable", "value"),
    [
        (Settings, "NAMEWRIGHT_MAX_COUNT", "many"),
        (Settings, "NAMEWRIGHT_LOG_FORMAT", "xml"),
        (Settings, "NAMEWRIGHT_CORS_ORIGINS", "foo"),
        (Settings, "NAMEWRIGHT_CORS_ORIGINS", "https://a.example, https://b.example/"),
        (Settings, "NAMEWRIGHT_CORS_ORIGINS", "https://A.example"),
        (Settings, "NAMEWRIGHT_CORS_ORIGINS", "https://{a.example}"),
        (Settings, "NAMEWRIGHT_WORDS_LEFT_OUT", "sauron,**"),
        (Settings, "NAMEWRIGHT_WORDS_LEFT_OUT", "*-*"),
        (Settings, "NAMEWRIGHT_WORDS_LEFT_OUT", "sau*ron"),
        (Settings, "NAMEWRIGHT_WORDS_LEFT_OUT", "s{au,o}ron"),
        (Settings, "NAMEWRIGHT_WORDS_LEFT_OUT", ",".join(["*sauron*"] * 200)),
        (Address, "PORT", "70000"),
    ],
)
def test_a_wrong_setting_ends_the_process_with_one_line(
    kind: type[Settings | Address],
    variable: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        kind.read()
    told = capsys.readouterr().err
    assert ended.value.code == 3
    assert told.count("\n") == 1
    assert f"{variable}: " in told


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///names.db",
        "sqlite:////data/names.db",
        "sqlite+pysqlite:///names.db",
        "postgres://me:secret@host/names",
        "postgresql://me:s%40cret@host:5432/names?sslmode=require",
        "postgresql+psycopg://me@[::1]/names",
        "postgresql:///names?host=/run/postgresql",
    ],
)
def test_a_url_that_is_taken_is_one_that_the_store_takes(url: str) -> None:
    assert Settings(database_url=url).database_url == url
    Store(url).close()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret@host/names",
        "names.db",
        "sqlite://names.db",
        "sqlite:///:memory:",
        "postgresql://me:sec@ret@host/names",
        "postgresql://me:sec#ret@host/names",
        "postgresql://me:sec/ret@host/names",
        "postgresql://me:secret@host:port/names",
    ],
)
def test_a_url_that_cannot_be_meant_so_stops_the_start_and_is_not_repeated(
    url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NAMEWRIGHT_DATABASE_URL", url)
    with pytest.raises(SystemExit, match="3"):
        Settings.read()
    told = capfd.readouterr().err
    assert told.startswith("namewright does not start: NAMEWRIGHT_DATABASE_URL: write sqlite:///path")
    assert not any(part in told for part in ("secret", "sec@ret", "ret@host"))


VALUES = st.text() | st.integers().map(str) | st.floats().map(str) | st.sampled_from(["true", "*", "a,b", "*,*", "{a}"])


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), VALUES))
def test_any_value_is_taken_or_refused(values: dict[str, Any]) -> None:
    try:
        settings = Settings(**values)
    except ValidationError:
        return
    assert settings.worker_name
    parse(settings.words_left_out)
