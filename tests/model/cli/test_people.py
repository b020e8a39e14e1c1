"""Full names, casts and Latin forms on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from model.artifact.card import Description
from model.artifact.model_file import save
from model.cli.commands import main
from model.corpus.casing import Casing
from tests.support.random_models import random_model

KINDS = {
    "girls": ("Russian", "girls", "аниляо"),
    "surnames": ("Russian", "surnames", "аовинес"),
    "boys": ("Icelandic", "boys", "aijnórs"),
    "us": ("English", "given", "abcdefghilmnoprstu"),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("models")
    for place, (name, (language, kind, letters)) in enumerate(KINDS.items()):
        described = Description(language=language, kind=kind)
        save(
            random_model(letters, casing=Casing.TITLE, names=("anna",), end=-0.5, seed=place, description=described),
            folder / f"{name}.npz",
        )
    return {name: str(folder / f"{name}.npz") for name in KINDS}


class Command:
    """Runs `python -m model sample` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: str, status: int = 0) -> tuple[list[list[str]], str]:
        """The cells of the lines, and what went to stderr."""
        self._monkeypatch.setattr(sys, "argv", ["model", "sample", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        assert (ended.value.code or 0) == status, err
        return [line.split("\t") for line in out.splitlines()], err


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    return Command(monkeypatch, capsys)


def test_full_names_agree_and_have_a_latin_form(models: dict[str, str], sample: Command) -> None:
    rows, _ = sample(
        models["girls"], "--surname", models["surnames"], "--latin", "--count", "8", "--seed", "s", "--exclude", "н"
    )
    assert len(rows) == 8
    for full, latin in rows:
        given, surname = full.split()
        assert surname[-1].lower() in "аои"
        assert "н" not in full.lower()
        assert set(given.lower()) <= set("аниляо")
        assert latin.isascii()
    later, _ = sample(models["girls"], "--surname", models["surnames"], "--count", "3", "--seed", "s", "--exclude", "н",
                      "--offset", "5")  # fmt: skip
    assert later == [[full] for full, _ in rows[5:]]


def test_a_surname_is_kept_and_keys_have_their_names(models: dict[str, str], sample: Command) -> None:
    rows, _ = sample(models["us"], "--surname", "=Stark", "--key", "a", "--key", "b", "--key", "a")
    assert rows[0] == rows[2]
    assert all(full.endswith(" Stark") for (full,) in rows)


def test_patronymics_are_made_of_the_fathers_name(models: dict[str, str], sample: Command) -> None:
    rows, _ = sample(models["us"], "--surname", models["boys"], "--count", "20")
    assert {full[-3:] for (full,) in rows} == {"son", "tir"}
    boys, _ = sample(models["boys"], "--surname", models["boys"], "--count", "5", "--novel")
    assert all(full.endswith("son") for (full,) in boys)


def test_names_of_a_list_are_avoided(models: dict[str, str], sample: Command, tmp_path: Path) -> None:
    words = (models["us"], "--surname", "=Stark", "--seed", "7")
    whole, _ = sample(*words, "--count", "9")
    listed = tmp_path / "avoid.txt"
    listed.write_text("".join(f"{full}\n" for (full,) in whole[:4]))
    assert sample(*words, "--count", "5", "--avoid", str(listed))[0] == whole[4:]


def test_a_cast_says_what_its_names_are_kept_apart_from(models: dict[str, str], sample: Command) -> None:
    rows, err = sample(models["us"], "--cast", "--count", "5", "--existing", "Anna", "--latin", "--seed", "7")
    names = [row[0] for row in rows]
    assert err == ""
    assert len({name[0] for name in names} | {"A"}) == 6
    for name, latin, apart, distance in rows:
        assert latin == name
        assert set(apart.split("; ")) <= {*names, "Anna"} - {name}
        assert 0 < float(distance) <= 1
    full, _ = sample(models["us"], "--surname", "=Stark", "--cast", "--count", "3")
    assert all(row[0].endswith(" Stark") for row in full)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--existing", "Anna"], "existing needs --cast"),
        (["--cast", "--count", "51"], "count of a cast must be from 2 to 50"),
        (["--cast", "--key", "a"], "cast can't be combined with key or offset"),
        (["--surname", "=Stark", "--offset", "3"], "offset needs a seed"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    models: dict[str, str], sample: Command, words: list[str], said: str
) -> None:
    rows, err = sample(models["us"], *words, status=2)
    assert rows == []
    assert said in err
