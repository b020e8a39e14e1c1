"""Contact sheets: 200 names of each bundled model, a page a language, to be looked at.

    python -m benchmarks.contact_sheets [--out FOLDER]

Names are drawn as `/sample` draws them by default, with `SEED`: the same weights on the same machine give the same
pages. Each section has the share of its names that stand in the model's list.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from model.artifact.bundled_models import BundledModel, bundled_models
from model.corpus.bundled import BundledList, catalogue
from model.generation.options import Options
from model.generation.sequence import NameSequence
from model.generation.served import predictor_of

ROOT = Path(__file__).parents[1]
WEIGHTS, FOLDER = ROOT / "weights", ROOT / "docs" / "names"
NAMES = 200
SEED = "0"
INDEX = "README.md"
RIGHT_TO_LEFT = {"Arabic", "Hebrew"}

ABOUT = f"""\
# Names of the bundled models

{NAMES} names of each of {{models}} models, drawn as `GET /sample` draws them by default, with the seed {SEED}:
`/sample?model=...&seed={SEED}&count={NAMES}`.
All that came up are here, those that stand in the list as well. Made by `python -m benchmarks.contact_sheets`.

| language | script | models |
|---|---|---|
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages and the index, and delete the pages of languages that no model has any more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contact_sheets", description="Pages of drawn names.")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the models")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pages")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    pages = dict(contact_sheets(bundled_models(options.weights)))
    for name, text in pages.items():
        (options.out / name).write_text(text, encoding="utf-8", newline="\n")
    for path in options.out.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    return 0


def contact_sheets(models: dict[str, BundledModel]) -> Iterator[tuple[str, str]]:
    """The name and the text of each page, the index last; models of lists that are not bundled are left out."""
    lists = catalogue()
    known = {name: lists[one.card.corpus.title] for name, one in models.items() if one.card.corpus.title in lists}
    index = [ABOUT.format(models=len(known))]
    for language, names in groupby(
        sorted(known, key=lambda name: known[name].language), lambda name: known[name].language
    ):
        members = sorted(names)
        page = f"{language.lower().replace(' ', '-')}.md"
        yield page, f"# {language}\n\n" + "\n".join(section(models[name], known[name]) for name in members)
        scripts = ", ".join(sorted({known[name].script for name in members}))
        index.append(f"| [{language}]({page}) | {scripts} | {', '.join(f'`{name}`' for name in members)} |\n")
    yield INDEX, "".join(index)


def section(model: BundledModel, entry: BundledList) -> str:
    """The part of a page on one model: its figures and its names."""
    artifact, facts = model.load(), model.card.corpus
    drawn = NameSequence(predictor_of(artifact), Options(), SEED).page(0, NAMES)
    listed = sum(artifact.contains(drawn.names)) / max(len(drawn.names), 1)
    ngram = model.card.comparison.ngram
    figures = f"{model.card.nats_per_letter:.3f} nats per letter" + (f", an n-gram {ngram:.3f}" if ngram else "")
    lines = [
        f"{entry.title}: {facts.names:,} in the list. {figures}. {listed:.0%} of the names below stand in the list."
    ]
    if drawn.shortfall:
        lines.append(f"{drawn.shortfall.capitalize()}.")
    names = " · ".join(drawn.names)
    shown = f'<p dir="rtl">{names}</p>' if entry.script in RIGHT_TO_LEFT else names
    return f"## {model.name}\n\n{' '.join(lines)}\n\n{shown}\n"


if __name__ == "__main__":
    sys.exit(main())
