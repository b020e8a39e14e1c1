from pathlib import Path

import pytest

from model.artifact.bundled_models import bundled_models
from model.artifact.model_file import save
from model.errors import InvalidWeights
from tests.support.random_models import random_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(("us", "elves", "elves-us")):
        save(random_model("abc", seed=seed, names=(name,)), tmp_path / f"{name}.npz")
    (tmp_path / "README.md").touch()
    return tmp_path


def damage_weights(path: Path) -> None:
    """Change one byte of a number, far from the card."""
    content = bytearray(path.read_bytes())
    content[content.index(b"network.W.npy") + 200] ^= 1
    path.write_bytes(content)


def test_every_file_is_a_model_by_its_name_in_their_order(folder: Path) -> None:
    found = bundled_models(folder)
    assert list(found) == ["elves", "elves-us", "us"]
    for name, model in found.items():
        assert (model.name, model.card.corpus.names) == (name, 1)
        artifact = model.load()
        assert artifact.card == model.card
        assert artifact.contains([name]) == [True]


def test_weights_that_are_damaged_are_found_when_they_are_loaded_and_not_before(folder: Path) -> None:
    damage_weights(folder / "elves.npz")
    found = bundled_models(folder)
    with pytest.raises(InvalidWeights, match=r"elves\.npz"):
        found["elves"].load()
    assert found["us"].load()


def test_half_a_file_is_refused_at_once(folder: Path) -> None:
    whole = (folder / "elves.npz").read_bytes()
    (folder / "elves.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidWeights, match=r"elves\.npz: it is damaged"):
        bundled_models(folder)


def test_a_file_that_was_replaced_meanwhile_is_not_taken_for_the_one_of_before(folder: Path) -> None:
    found = bundled_models(folder)
    save(random_model("abcd"), folder / "elves.npz")
    with pytest.raises(InvalidWeights, match="replaced"):
        found["elves"].load()
    assert bundled_models(folder)["elves"].load().card.letters == ("a", "b", "c", "d")


def test_a_file_that_is_gone_says_so(folder: Path) -> None:
    found = bundled_models(folder)
    (folder / "elves.npz").unlink()
    with pytest.raises(InvalidWeights, match="no such file"):
        found["elves"].load()


def test_a_folder_that_is_not_there_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        bundled_models(tmp_path / "nowhere")
