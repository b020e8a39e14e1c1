from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from model.artifact import styles_file
from model.corpus.corpus import Corpus
from model.errors import InvalidWeights
from model.training.automatic_start import automatic_start, better_start
from model.training.plan import OF_RANDOM_WEIGHTS
from model.training.presets import SHORT_LIST
from model.training.start import Start
from tests.support.tiny import NAMES


def chosen(
    folder: Path,
    names: Sequence[str] = NAMES,
    preset: str = "default",
    total: int = len(NAMES),
    asked: Mapping[str, Any] = MappingProxyType({}),
) -> Start | None:
    corpus = Corpus.of(names, "made")
    return automatic_start(folder, preset, total, corpus.names, corpus.vocabulary.letters, asked)


def test_a_short_list_whose_letters_it_knows_starts_from_the_network_of_many_kinds(styles_path: Path) -> None:
    names = [*NAMES, "žoë"]
    start = chosen(styles_path.parent, names)
    assert start is not None
    assert start.vocabulary == Corpus.of(names, "made").vocabulary
    assert start.network.shape.styles == 1
    assert start.fingerprint == Start.of_styles(styles_file.load(styles_path)).fingerprint
    assert chosen(styles_path.parent, total=SHORT_LIST, asked={"dropout": 0.5}) is not None


def test_other_lists_and_other_wishes_start_from_random_weights(styles_path: Path, tmp_path: Path) -> None:
    assert chosen(tmp_path) is None  # there is no such network
    assert chosen(styles_path.parent, ["桜子", "花子", "雪"]) is None
    assert chosen(styles_path.parent, total=SHORT_LIST + 1) is None
    for preset in ("best", "seed"):
        assert chosen(styles_path.parent, preset=preset) is None
    for name in OF_RANDOM_WEIGHTS:
        assert chosen(styles_path.parent, asked={name: 1}) is None


def test_who_asks_for_another_start_is_told_where_that_one_suits(styles_path: Path, tmp_path: Path) -> None:
    letters = Corpus.of(NAMES, "made").vocabulary.letters
    assert "does better with the preset default" in better_start(styles_path.parent, SHORT_LIST, NAMES, letters)
    assert better_start(styles_path.parent, SHORT_LIST + 1, NAMES, letters) == ""
    assert better_start(styles_path.parent, 3, ["桜子"], ["桜", "子"]) == ""
    assert better_start(tmp_path, 3, NAMES, letters) == ""
    (tmp_path / styles_file.FILE).write_bytes(b"PK")
    assert better_start(tmp_path, 3, NAMES, letters) == ""


def test_a_damaged_network_is_refused_where_it_would_be_used(tmp_path: Path) -> None:
    (tmp_path / styles_file.FILE).write_bytes(b"PK")
    with pytest.raises(InvalidWeights):
        chosen(tmp_path)
    assert chosen(tmp_path, preset="seed") is None
