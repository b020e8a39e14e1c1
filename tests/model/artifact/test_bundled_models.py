import os
from pathlib import Path

import numpy as np
import pytest

from model.artifact import styles_file
from model.artifact.bundled_models import bundled_models, find_model, load_bundled, read_folder
from model.artifact.card import Architecture, Card, CorpusFacts, NgramFacts
from model.artifact.model_file import save
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidWeights
from model.network.network import Network
from model.network.shape import Shape
from tests.support.random_models import random_model

STYLES = ("polish-girls", "finnish-girls")


def write_styles(folder: Path) -> None:
    """A network of two kinds, with random weights."""
    lists = {name: Corpus.read(bundled_path(name)) for name in STYLES}
    vocabulary = Vocabulary(tuple(sorted({letter for one in lists.values() for letter in one.vocabulary.letters})))
    shape = Shape("gru", vocabulary.size, 8, 1, len(lists) + 1, 4)
    network = Network.initialise(shape, np.random.default_rng(0))
    cards = {name: card_of(corpus) for name, corpus in lists.items()}
    styles_file.save(styles_file.Styles(network, vocabulary, cards), folder / "styles.npz")


def card_of(corpus: Corpus) -> Card:
    split = corpus.split()
    sizes = (len(split.train), len(split.validation), len(split.test))
    return random_model(
        "".join(corpus.vocabulary.letters),
        casing=corpus.casing,
        case_rules=corpus.casing.rules,
        architecture=Architecture("gru", 1, 8, first_letter=True),
        corpus=CorpusFacts(corpus.title, corpus.sha256, len(corpus.names), *sizes),
        ngram=NgramFacts(3, 0.2),
    ).card


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
    assert found["us"].load().card == found["us"].card


def test_half_a_file_is_refused_at_once_and_the_others_are_models(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_styles(folder)
    whole = (folder / "elves.npz").read_bytes()
    for name in ("elves", "polish-girls"):
        (folder / f"{name}.npz").write_bytes(whole[: len(whole) // 2])
    models, refused = read_folder(folder)
    assert list(models) == ["elves-us", "finnish-girls", "us"]
    assert list(refused) == ["elves", "polish-girls"]
    assert "elves.npz: it is damaged" in str(refused["elves"])
    monkeypatch.setenv("NAMEWRIGHT_WEIGHTS", str(folder))
    with pytest.raises(InvalidWeights, match=r"elves\.npz: it is damaged"):
        find_model("elves")


def test_without_the_network_of_many_kinds_the_other_files_are_models(folder: Path) -> None:
    (folder / "styles.npz").write_bytes(b"nothing")
    models, refused = read_folder(folder)
    assert list(models) == ["elves", "elves-us", "us"]
    assert list(refused) == ["styles"]


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


def test_each_style_of_the_network_of_many_kinds_is_a_model(folder: Path) -> None:
    write_styles(folder)
    found = bundled_models(folder)
    assert list(found) == ["elves", "elves-us", "finnish-girls", "polish-girls", "us"]
    polish = found["polish-girls"].load()
    assert polish.card == found["polish-girls"].card
    assert polish.contains(Corpus.read(bundled_path("polish-girls")).names[:3]) == [True] * 3
    assert polish.ngram is not None
    assert load_bundled(folder, "polish-girls").card == polish.card
    assert load_bundled(folder, "elves").contains(["elves"]) == [True]


def test_the_network_of_many_kinds_is_parsed_once_for_all_its_styles_until_its_file_changes(folder: Path) -> None:
    write_styles(folder)
    path = folder / "styles.npz"
    load_bundled(folder, "polish-girls")
    before = path.stat()
    damage_weights(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as if it were the same
    load_bundled(folder, "finnish-girls")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(InvalidWeights, match="damaged"):
        load_bundled(folder, "finnish-girls")


def test_a_file_of_its_own_goes_before_a_style(folder: Path) -> None:
    write_styles(folder)
    save(random_model("abc", names=("own",)), folder / "polish-girls.npz")
    for model in (bundled_models(folder)["polish-girls"].load(), load_bundled(folder, "polish-girls")):
        assert model.contains(["own"]) == [True]


def test_one_model_is_loaded_whatever_else_is_in_the_folder(folder: Path) -> None:
    (folder / "us.npz").write_bytes(b"no model")
    assert load_bundled(folder, "elves").contains(["elves"]) == [True]
    for name in ("us", "dwarves", "styles"):
        with pytest.raises(InvalidWeights, match=name):
            load_bundled(folder, name)
    write_styles(folder)
    for name in ("dwarves", "unknown"):
        with pytest.raises(InvalidWeights, match=f"has no style {name}"):
            load_bundled(folder, name)


def test_a_style_that_is_gone_or_another_by_now_says_so(folder: Path) -> None:
    write_styles(folder)
    found = bundled_models(folder)
    (folder / "styles.npz").unlink()
    with pytest.raises(InvalidWeights, match="no such file"):
        found["polish-girls"].load()


def test_a_folder_that_is_not_there_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        bundled_models(tmp_path / "nowhere")


def test_a_model_is_found_by_its_file_and_by_its_name_in_the_folder_of_the_service(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_styles(folder)
    assert find_model(str(folder / "elves.npz")).contains(["elves"]) == [True]
    assert find_model("us").card.corpus.names > 90_000
    monkeypatch.setenv("NAMEWRIGHT_WEIGHTS", str(folder))
    assert find_model("us").contains(["us"]) == [True]
    assert find_model("polish-girls").card.corpus.title == "polish-girls"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("polish-girl", r"polish-girl: there is no such file, and no such model in .*; there are: polish-girls"),
        ("xyz", r"there are: elves, elves-us, finnish-girls, polish-girls, us"),
        ("styles", r"no such model"),
        ("elvs.npz", r"elvs\.npz"),
        (
            "styles.npz",
            r"styles\.npz: this file is a network with 2 models; give the name of one .*, such as polish-girls",
        ),
    ],
)
def test_what_is_no_model_is_refused_with_those_that_there_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reference: str, message: str
) -> None:
    write_styles(folder)
    monkeypatch.setenv("NAMEWRIGHT_WEIGHTS", str(folder))
    monkeypatch.chdir(folder)
    with pytest.raises(InvalidWeights, match=message):
        find_model(reference)
