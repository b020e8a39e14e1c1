"""Records how the original recipe learns, for the page that shows it: the loss, and names on the way from noise.

    python scripts/record_training.py [--steps N] >app/http/static/recording.json

The bundled list `us` is learned by the preset `seed`, one name a step. A point of the curve is the mean loss of 500
steps, as in the original; each moment has names that the network draws by then, none of which is in the list.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.training.loop import Training
from model.training.presets import seed
from model.training.preview import Preview

LIST, SEED = "us", 0
EARLY = {500, 1000, 2000}
MOMENT_STEPS = 5000
NAMES = 6


def main() -> None:
    """Print the recording as JSON."""
    parser = ArgumentParser(description="Record how the original recipe learns.")
    parser.add_argument("--steps", type=int, help="end after so many")
    print(json.dumps(record(parser.parse_args().steps), ensure_ascii=False, separators=(",", ":")))


def record(most: int | None = None) -> dict[str, Any]:
    """The recording: `points` are step and loss, `moments` are step and names."""
    corpus = Corpus.read(bundled_path(LIST))
    plan = seed(len(corpus.names))
    training = Training(corpus, replace(plan, steps=min(most or plan.steps, plan.steps)), SEED)
    preview = Preview(training)
    points: list[tuple[int, float]] = []
    moments = [(0, _names(preview))]
    for progress in training.run():
        points.append((progress.step, round(progress.loss, 4)))
        if progress.step in EARLY or progress.step % MOMENT_STEPS == 0:
            moments.append((progress.step, _names(preview)))
    return {"list": LIST, "names": len(corpus.names), "preset": plan.preset, "seed": SEED, "points": points,
            "moments": moments}  # fmt: skip


def _names(preview: Preview) -> tuple[str, ...]:
    return preview.draw(2 * NAMES)[:NAMES]


if __name__ == "__main__":
    main()
