"""The table of comparisons: what is reached, and the page that is written anew."""

from pathlib import Path

import pytest

from benchmarks.comparison_table import BEGIN, END, Circumstances, Figure, write_page

CIRCUMSTANCES = Circumstances("2026-11-28", "a machine", (90.0, 100.0), quick=False)


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure("a", 5, "names/s", "JAX", (1.7, 1.8, 9.0), target=1.8), True),
        (Figure("a", 5, "names/s", "JAX", (1.7, 1.79, 9.0), target=1.8), False),
        (Figure("a", 0.7, "s", "an empty app", (1.4, 1.6, 1.2), limit=1.5), True),
        (Figure("a", 0.7, "s", "an empty app", (1.4, 1.6, 1.7), limit=1.5), False),
        (Figure("a", 81, "MB", limit=80), False),
        (Figure("a", 81, "MB"), None),
    ],
)
def test_the_median_ratio_is_held_against_the_aim_or_the_speed_where_there_are_no_ratios(
    figure: Figure, reached: bool | None
) -> None:
    assert figure.is_reached is reached


def test_only_what_stands_between_the_two_lines_of_the_page_is_written_anew(tmp_path: Path) -> None:
    page, chart = tmp_path / "benchmarks.md", tmp_path / "images/benchmarks.svg"
    page.write_text(f"# Before\n\n{BEGIN}\n\nolder figures\n\n{END}\n\nafter\n", "utf-8")
    sections = {"training": [Figure("RNN 128", 163_456, "names/s", "JAX", (1.7, 1.8, 2.0), target=1.8)]}
    write_page(page, chart, sections, CIRCUMSTANCES)
    write_page(page, chart, sections, CIRCUMSTANCES)
    text = page.read_text("utf-8")
    assert text.startswith(f"# Before\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nafter\n")
    assert "older" not in text
    assert text.count("| RNN 128 | 163,000 names/s | 1.80 (1.70–2.00) | JAX | ≥ 1.8 ✓ |") == 1
    assert "images/benchmarks.svg" in text
    assert chart.read_text("utf-8").lstrip().startswith("<?xml")


def test_a_page_without_the_two_lines_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Nothing\n", "utf-8")
    with pytest.raises(ValueError, match="needs the lines"):
        write_page(page, tmp_path / "benchmarks.svg", {}, CIRCUMSTANCES)
    assert page.read_text("utf-8") == "# Nothing\n"
