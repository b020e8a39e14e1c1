from dataclasses import replace
from pathlib import Path

import pytest

from app.serving.descriptions import KINDS
from app.serving.errors import UnknownModel, UnknownVersion
from app.serving.snapshots import Degradation, Models, Served, Unloaded, misnamed
from app.settings import Settings
from model.errors import InvalidWeights


@pytest.fixture
def models(settings: Settings) -> Models:
    return Models.bundled(settings.weights, "us")


def test_every_file_of_the_folder_is_a_model_by_its_name(models: Models) -> None:
    assert {served.name: served.version for served in models.in_service()} == {"us": 0, "accents": 0}


def test_the_default_model_is_loaded_and_of_the_others_the_card_alone(models: Models) -> None:
    us, accents = models.by_name["us"].champion, models.by_name["accents"].champion
    assert isinstance(us, Served)
    assert isinstance(accents, Unloaded)
    assert accents.card == accents.load().card


def test_a_version_that_does_not_load_is_told_until_it_does_and_another_one_stays(models: Models) -> None:
    accents = models.by_name["accents"].bundled
    assert isinstance(accents, Unloaded)
    damaged = models.with_damage(accents, "it is damaged")
    assert [(one.model, one.version, one.reason) for one in damaged.degraded] == [("accents", 0, "it is damaged")]
    assert damaged.with_damage(accents, "it is damaged") is damaged
    assert damaged.with_damage(accents, None) == models
    replaced = models.with_model(replace(models.by_name["accents"], champion=None), Degradation("accents", 3, "x"))
    assert replaced.with_damage(accents, "it is damaged").degraded == replaced.degraded
    assert replaced.with_damage(accents, None).degraded == replaced.degraded


@pytest.mark.parametrize("reference", ["us", "us@0"])
def test_a_model_is_found_with_or_without_its_version(models: Models, reference: str) -> None:
    assert models.find(reference) == (models.by_name["us"], 0)


def test_an_unknown_model_is_refused_with_those_that_there_are(models: Models) -> None:
    with pytest.raises(UnknownModel) as refused:
        models.find("elves")
    assert refused.value.models == ("accents", "us")


def test_of_many_models_those_most_like_the_unknown_one_are_told() -> None:
    names = tuple(f"{language}-{kind}" for language in ("greek", "icelandic", "thai", "zulu") for kind in KINDS)
    refused = UnknownModel("icelandic-girl", names)
    assert "icelandic-girls, " in str(refused)
    assert str(refused).endswith(" others")
    assert refused.models == names
    assert "greek-girls" in str(UnknownModel("x", names))


@pytest.mark.parametrize("version", ["1", "", "00", "0@0", "-0", "٠"])
def test_an_unknown_version_is_refused_with_those_that_there_are(models: Models, version: str) -> None:
    with pytest.raises(UnknownVersion) as refused:
        models.find(f"us@{version}")
    assert refused.value.versions == (0,)


def test_models_are_in_the_order_of_their_names(settings: Settings, tmp_path: Path) -> None:
    for name in ("us-seed", "us", "elves-us", "elves"):
        (tmp_path / f"{name}.npz").write_bytes((settings.weights / "us.npz").read_bytes())
    assert list(Models.bundled(tmp_path, "us").by_name) == ["elves", "elves-us", "us", "us-seed"]


@pytest.mark.parametrize("folder", ["nowhere", "a file", "x" * 300])
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(InvalidWeights, match=rf"{folder}.*cannot be read.*NAMEWRIGHT_WEIGHTS"):
        Models.bundled(tmp_path / folder, "us")


@pytest.mark.parametrize("name", ["v@1", "a\r\nSet-Cookie: x=1", "\udcff", "x" * 101, "Zoe\u0308"], ids=ascii)
def test_a_name_that_no_model_can_have_is_told_on_one_line(name: str) -> None:
    assert "cannot be named" in str(misnamed(name))
    assert str(misnamed(name)).isprintable()


def test_a_file_with_such_a_name_is_left_out(settings: Settings, tmp_path: Path) -> None:
    for name in ("us", "us@1"):
        (tmp_path / f"{name}.npz").write_bytes((settings.weights / "us.npz").read_bytes())
    models = Models.bundled(tmp_path, "us")
    assert list(models.by_name) == ["us"]
    (left_out,) = models.degraded
    assert (left_out.model, left_out.version) == ("'us@1'", 0)
    assert "cannot be named" in left_out.reason


def test_a_file_that_is_no_model_is_left_out_with_the_reason_and_the_others_are_there(
    settings: Settings, tmp_path: Path
) -> None:
    whole = (settings.weights / "us.npz").read_bytes()
    (tmp_path / "us.npz").write_bytes(whole)
    (tmp_path / "elves.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "styles.npz").write_bytes(b"no model")
    models = Models.bundled(tmp_path, "us")
    assert list(models.by_name) == ["us"]
    assert [(one.model, one.version) for one in models.degraded] == [("elves", 0), ("styles", 0)]
    assert "take a whole copy" in models.degraded[0].reason


def test_a_model_may_be_called_anything_else(settings: Settings, tmp_path: Path) -> None:
    for name in ("us", "தமிழ்", "old elves (2)"):
        (tmp_path / f"{name}.npz").write_bytes((settings.weights / "us.npz").read_bytes())
    assert len(Models.bundled(tmp_path, "us").by_name) == 3


def test_a_default_model_that_is_not_there_is_named_with_those_that_are(settings: Settings) -> None:
    with pytest.raises(InvalidWeights, match=r"'elves'.*accents, us"):
        Models.bundled(settings.weights, "elves")


def test_a_file_cut_in_half_is_named(settings: Settings, tmp_path: Path) -> None:
    whole = (settings.weights / "us.npz").read_bytes()
    (tmp_path / "us.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidWeights, match=r"us\.npz"):
        Models.bundled(tmp_path, "us")
