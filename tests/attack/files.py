"""Altered weights files: none is believed, and none takes more than it may before it is refused, or answers.

What is altered without its checksum must be refused, or be the same model: some bytes of an archive mean nothing. What
claims something else, with a checksum that fits, must be refused or answer as any model does.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from model.artifact import model_file
from model.artifact.bundled_models import read_folder
from model.artifact.model_file import Artifact
from model.errors import InvalidWeights
from model.generation.checkpoints import checked_by
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of
from tests.attack.alterations import ALTERATIONS
from tests.attack.claims import CLAIMS, large_claims
from tests.attack.report import MEBIBYTE, Cost, Report, measured
from tests.support.random_models import random_model

MAX_CPU_SECONDS = 2.0
MAX_BYTES = 200 * MEBIBYTE

DRAW_SECONDS = 1.0
"""What the service lets a draw take, by default."""

LARGE_EVERY = 250
"""One attempt in so many is a large claim, which takes a second."""

NAMES = ("anna", "hanna", "otto", "emil", "ilse", "else", "lotte", "toni")


def attack(attempts: int, rng: np.random.Generator) -> Report:
    """Alter files of models, a bit of each kind, and read them as the service does."""
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        originals = _originals(Path(folder))
        _read(Path(folder), originals[0])  # what is imported and made once is no cost of a file
        large = large_claims(rng)
        for attempt in range(attempts):
            if attempt % LARGE_EVERY == 0:
                kind, content = next(large)
                _judge(report, Path(folder), kind, content, None)
                continue
            original = originals[rng.integers(len(originals))]
            others = [*ALTERATIONS.items(), *CLAIMS.items()]
            kind, alter = others[attempt % len(others)]
            content = alter(original, originals[rng.integers(len(originals))], rng)
            _judge(report, Path(folder), kind, content, original if kind in ALTERATIONS else None)
    return report


def _originals(folder: Path) -> list[bytes]:
    """Small models of each layout."""
    letters = "".join(sorted(set("".join(NAMES))))
    models = [
        random_model(letters, names=NAMES),
        random_model(letters, names=NAMES, mixed=True, end=1.0),
        random_model(letters + "é -'", names=NAMES, first_letter=False),
    ]
    contents = []
    for model in models:
        model_file.save(model, folder / "original.npz")
        contents.append((folder / "original.npz").read_bytes())
    (folder / "original.npz").unlink()
    return contents


def _judge(report: Report, folder: Path, kind: str, content: bytes, original: bytes | None) -> None:
    """Read a file, and say what came of it; `original` is what it may be, where its checksum is that of another."""
    try:
        (outcome, read), cost = measured(lambda: _read(folder, content))
    except Exception as error:  # noqa: BLE001 - whatever it is, it got through
        report.add("failed", Cost(0, 0))
        report.breaches.append(f"{kind}: {error!r:.200}")
        return
    report.add(outcome, cost)
    if read is not None and original is not None and model_file.pack(read) != original:
        report.breaches.append(f"{kind}: believed")
    if cost.cpu_seconds > MAX_CPU_SECONDS or cost.peak_bytes > MAX_BYTES:
        size = f"{cost.cpu_seconds:.1f} CPU-seconds and {cost.peak_bytes / MEBIBYTE:.0f} MiB"
        report.breaches.append(f"{kind}: {outcome} after {size}")


def _read(folder: Path, content: bytes) -> tuple[str, Artifact | None]:
    """Whether a file among the weights was refused, or is a model that answers as the service asks it."""
    path = folder / "elves.npz"
    path.write_bytes(content)
    models, refused = read_folder(folder)
    if refused:
        assert set(refused) == {"elves"}
        assert refused["elves"].reason.isprintable()
        return "refused by the card", None
    json.dumps(models["elves"].card.to_json(), ensure_ascii=False, allow_nan=False).encode()
    try:
        artifact = models["elves"].load()
    except InvalidWeights:
        return "refused when loaded", None
    deadline = time.thread_time() + DRAW_SECONDS
    with checked_by(lambda _: time.thread_time() < deadline):
        names = draw(predictor_of(artifact), 5, Options(), np.random.default_rng(0)).names
    "\n".join(names).encode()
    return "answered", artifact
