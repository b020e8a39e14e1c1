from __future__ import annotations

import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib import image

from model.errors import InvalidOption
from model.training import loss_plot as plots
from model.training.presets import short_list

HISTORY = [(step, 2 + math.exp(-step / 200), 2.1 if step % 250 == 0 else math.nan) for step in range(50, 1001, 50)]
BLUE, RED = (0x9D, 0xB4, 0xD6), (0xC2, 0x41, 0x0C)


def pixels(path: Path, colour: tuple[int, int, int]) -> int:
    """How many pixels of a picture have a colour."""
    picture = image.imread(path)[..., :3]
    return int((np.abs(picture * 255 - colour) < 3).all(axis=-1).sum())


def test_the_png_shows_both_curves(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    plots.loss_curve(HISTORY, "elves", path)
    height, width, _ = image.imread(path).shape
    assert (width, height) == (1200, 675)
    assert pixels(path, BLUE) > 500
    assert pixels(path, RED) > 500


def test_the_svg_is_one(tmp_path: Path) -> None:
    path = tmp_path / "loss.svg"
    plots.loss_curve(HISTORY, "elves", path)
    root = ET.parse(path).getroot()  # noqa: S314 - written just now
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "#9db4d6" in path.read_text("utf-8")
    assert "#c2410c" in path.read_text("utf-8")


@pytest.mark.parametrize("name", ["loss.PNG", "loss.Svg"])
def test_endings_may_be_in_upper_case(tmp_path: Path, name: str) -> None:
    plots.check(tmp_path / name)
    plots.loss_curve(HISTORY, "elves", tmp_path / name)
    assert (tmp_path / name).stat().st_size > 1000


@pytest.mark.parametrize("name", ["loss.gif", "loss", "loss.pdf", ".png", "loss.png.txt"])
def test_other_kinds_of_picture_are_refused_before_the_training(name: str) -> None:
    with pytest.raises(InvalidOption, match=r"--plot must end in \.png or \.svg"):
        plots.check(Path(name))


@pytest.mark.no_cover
@pytest.mark.parametrize("title", [r"a $\nope$ b", "a_b^c{$", "名前 اسم", "<b>&amp;", "", "x" * 300])
def test_any_title_will_do(tmp_path: Path, title: str) -> None:
    plots.loss_curve(HISTORY, title, tmp_path / "loss.svg")
    assert ET.parse(tmp_path / "loss.svg").getroot().tag.endswith("svg")  # noqa: S314 - written just now


@pytest.mark.parametrize("history", [HISTORY[:1], HISTORY[4:5], [(1, 3.0, math.nan)]], ids=["one", "report", "step"])
def test_a_single_point_can_be_drawn(tmp_path: Path, history: list[tuple[int, float, float]]) -> None:
    plots.loss_curve(history, "elves", tmp_path / "loss.png")
    assert pixels(tmp_path / "loss.png", (255, 255, 255)) > 0.8 * 1200 * 675


def test_each_run_of_a_training_with_folds_is_a_segment_with_a_label(tmp_path: Path) -> None:
    plan = replace(short_list(60), epochs=6)  # the first points are of the first fold, and so on
    plots.loss_curve([(step, loss, 2.1) for step, loss, _ in HISTORY], "elves", tmp_path / "loss.svg", plan)
    svg = (tmp_path / "loss.svg").read_text("utf-8")
    labels = [f"fold {fold} of 4" for fold in range(1, 5)]
    assert re.findall("<!-- (fold .*|all names) -->", svg) == labels
    assert svg.count("<!-- training names") == svg.count("<!-- validation names -->") == 1
    plots.loss_curve(HISTORY, "elves", tmp_path / "loss.svg", replace(plan, epochs=4))
    assert re.findall("<!-- (fold .*|all names) -->", (tmp_path / "loss.svg").read_text("utf-8")) == [
        *labels,
        "all names",
    ]


def test_an_old_picture_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    path.write_bytes(b"old")
    plots.loss_curve(HISTORY, "elves", path)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert list(tmp_path.iterdir()) == [path]


def test_matplotlib_is_loaded_only_to_draw() -> None:
    code = "import sys, model.__main__, model.training.loss_plot; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
