"""The pages of drawn names."""

import re
from pathlib import Path

import pytest

from benchmarks import contact_sheets
from model.artifact.bundled_models import bundled_models
from model.corpus.bundled import catalogue

MODELS = bundled_models(contact_sheets.WEIGHTS)
RIGHT_TO_LEFT = [name for name in MODELS if name in catalogue() and catalogue()[name].script == "Hebrew"]
SOME = sorted(sorted(MODELS, key=lambda name: MODELS[name].card.corpus.names)[:2] + RIGHT_TO_LEFT[:1])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(contact_sheets.contact_sheets({name: MODELS[name] for name in SOME}))


def test_each_model_has_a_section_with_its_figures_and_200_names(pages: dict[str, str]) -> None:
    text = "".join(pages.values())
    for name in SOME:
        card = MODELS[name].card
        section = text.partition(f"## {name}\n\n")[2].partition("\n## ")[0]
        figures, names, *_ = section.split("\n\n")
        assert f"{card.corpus.names:,} in the list. {card.nats_per_letter:.3f} nats per letter, an n-gram" in figures
        assert re.search(r"\d% of the names below stand in the list\.$", figures)
        assert len(set(names.split(" · "))) == contact_sheets.NAMES


def test_the_index_leads_to_every_page_and_names_every_model(pages: dict[str, str]) -> None:
    index = pages[contact_sheets.INDEX]
    assert set(re.findall(r"\]\((.*?)\)", index)) == pages.keys() - {contact_sheets.INDEX}
    assert set(re.findall(r"`([a-z-]+)`", index)) == set(SOME)


def test_names_that_are_written_from_right_to_left_say_so(pages: dict[str, str]) -> None:
    assert pages["hebrew.md"].count('<p dir="rtl">') == 1


def test_the_same_models_give_the_same_pages(pages: dict[str, str]) -> None:
    assert dict(contact_sheets.contact_sheets({name: MODELS[name] for name in SOME})) == pages


def test_pages_of_languages_without_a_model_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheets, "bundled_models", lambda _: {SOME[0]: MODELS[SOME[0]]})
    (tmp_path / "elvish.md").write_text("# Elvish\n")
    assert contact_sheets.main(["--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(
        dict(contact_sheets.contact_sheets({SOME[0]: MODELS[SOME[0]]}))
    )


def test_the_committed_pages_have_every_bundled_model() -> None:
    index = (contact_sheets.FOLDER / contact_sheets.INDEX).read_text(encoding="utf-8")
    assert set(re.findall(r"`([a-z-]+)`", index)) == MODELS.keys()
