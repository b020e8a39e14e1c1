"""The dearest requests that anyone may send: what each takes of a processor, of a usual model and of the largest.

Requests were looked for by hand, one for each thing that takes time: long names, names in vain, details, comparisons,
keys, casts, parts and pages. Each is sent three times; the first also makes what later ones find made. Arguments name
models and parts of what the requests are called, to measure those only.
"""

from __future__ import annotations

import random
import secrets
import shutil
import string
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.server import Server, serve
from model.artifact.bundled_models import bundled_folder
from model.artifact.card import Architecture
from model.artifact.model_file import Artifact, save
from model.network.network import Network
from model.network.shape import Shape
from tests.attack.report import processor_seconds
from tests.support.random_models import random_model

USUAL, LARGEST = "us", "largest"
UNITS, LAYERS, LETTERS, NAMES = 512, 2, 446, 5000
"""Of the largest model that a list may be trained to."""

TIMES = 3
ANSWER_SECONDS = 600
SEEDED = "SEED"
"""A seed of its own in each request."""

LONG = {"min_length": 57, "max_length": 64, "temperature": 100, "top_p": 0.9999}
REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "long, odd names with details": {"count": 1000, "details": True, **LONG},
    "long, odd names": {"count": 1000, **LONG},
    "long, odd names of a seed": {"count": 1000, "seed": SEEDED, **LONG},
    "names of a rare length, of a seed": {"count": 1000, "min_length": 15, "max_length": 64, "seed": SEEDED},
    "a far page": {"count": 1000, "offset": 20_000, "seed": SEEDED},
    "a regex of many choices": {
        "count": 1000,
        "max_length": 64,
        "regex": "(a|b|c|d|e|f|g)*[a-z]{3,9}(xy|yz|zz)?[a-m]{2,20}",
    },
    "a regex that few names match": {"count": 1000, "max_length": 64, "regex": "([a-z]{1,9}|[a-f]{2,30}){1,4}q"},
    "a regex of many choices, of a seed": {
        "count": 1000,
        "max_length": 64,
        "regex": "(a|b|c|d|e|f|g)*[a-z]{3,9}(xy|yz|zz)?[a-m]{2,20}",
        "seed": SEEDED,
    },
    "names of a seed to avoid, of a regex": {
        "count": 5,
        "max_length": 64,
        "regex": "([a-z]{1,9}|[a-f]{2,30}){1,4}q",
        "avoid": {"count": 10_000},
    },
    "rare letters, with details": {"count": 1000, "contains": "xqz", "max_length": 64, "details": True},
    "many syllables": {"count": 1000, "syllables": "8-9", "max_length": 64, "details": True},
    "far from every listed name": {"count": 100, "novel": True, "novel_distance": 2, "details": True},
    "a cast far from every listed name": {"count": 50, "cast": True, "novel": True, "novel_distance": 2},
    "details of a thousand names": {"count": 1000, "details": True},
    "a thousand keys": {"keys": [f"key {number}" for number in range(1000)]},
    "a thousand keys of long, odd names": {"keys": [f"key {number}" for number in range(1000)], **LONG},
    "a cast beside two hundred names, with details": {
        "count": 50,
        "cast": True,
        "details": True,
        "existing": [f"{first}{vowel}{last}a" for first in "BDFGK" for vowel in "aeio" for last in "dfghklmnrs"],
    },
    "names of a seed to avoid": {"count": 5, "avoid": {"count": 10_000}},
    "nearly all letters left out": {"count": 1000, "exclude": list("qwrtypsdfghjklzxcvb"), "regex": "[a-z]+"},
    "full names of long, odd parts": {
        "count": 1000,
        "parts": {"given": {"model": "us-girls"}, "surname": {"model": "us-surnames"}},
        "min_length": 20,
        "max_length": 64,
        "temperature": 9,
    },
    "a blend of five, with details": {
        "count": 1000,
        "blend": dict.fromkeys(("us", "us-surnames", "french-girls", "german-girls", "spanish-girls"), 1),
        "details": True,
        **LONG,
    },
    "two hundred names to be like": {"like": SEEDED},
    "a long beginning, explained": {"prefix": "a" * 40},
    "five thousand names to look over": {
        "names": ["".join(chr(0x4E00 + (7 * number + at * at) % 20_000) for at in range(7)) for number in range(5000)]
    },
}
PATHS = {"prefix": "/explain", "names": "/report"}
"""Where requests with such a field go; the others to ``/sample``."""

OF_NO_MODEL = {"parts", "blend", "like", "names"}


def main() -> int:
    """Print a line for each request; 0."""
    models, wanted = chosen(sys.argv[1:])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(bundled_folder(), folder, dirs_exist_ok=True)
        save(largest(), folder / f"{LARGEST}.npz")
        with serve("app", cores=(0, 1), load_cores=(0, 1), WEIGHTS=name) as server:
            del server.client.headers["Authorization"]
            server.client.timeout = ANSWER_SECONDS
            for model in models:
                for what in wanted:
                    fields = REQUESTS[what]
                    if model == USUAL or not OF_NO_MODEL & fields.keys():
                        print(f"{model:8} {what:36} {_measured(server, model, fields)}", flush=True)
    return 0


def chosen(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The models and the requests that arguments name; all where they name none."""
    models = [model for model in (USUAL, LARGEST) if model in arguments]
    parts = [one for one in arguments if one not in models]
    wanted = [what for what in REQUESTS if any(part in what for part in parts or [""])]
    return models or [USUAL, LARGEST], wanted


def largest() -> Artifact:
    """A model of random weights, as large as may be."""
    letters = string.ascii_lowercase + "".join(chr(0x4E00 + number) for number in range(LETTERS - 26))
    rng = random.Random(0)  # noqa: S311 - not a secret
    model = random_model(letters, names=tuple("".join(rng.choices(letters, k=8)) for _ in range(NAMES)), mixed=True)
    shape = Shape("gru", model.vocabulary.size, UNITS, LAYERS)
    network = Network.initialise(shape, np.random.default_rng(0), np.float32)
    card = replace(model.card, architecture=Architecture("gru", LAYERS, UNITS, True))
    return replace(model, network=network, card=card)


def _measured(server: Server, model: str, fields: Mapping[str, Any]) -> str:
    results = []
    for _ in range(TIMES):
        began = processor_seconds(server.pid)
        path = next((path for field, path in PATHS.items() if field in fields), "/sample")
        answer = server.client.post(path, json=body_of(model, fields))
        if answer.status_code != 200:
            return f"{answer.status_code} {answer.json()['detail'][:90]}"
        made = f"{len(answer.json()['names']):4} names" if path == "/sample" else f"{len(answer.content):,} bytes"
        results.append(f"{processor_seconds(server.pid) - began:6.2f} s, {made}")
    return "   ".join(results)


def body_of(model: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a request, with a seed of its own."""
    seed = secrets.token_hex()
    body: dict[str, Any] = {name: seed if value == SEEDED else value for name, value in fields.items()}
    if "like" in body:
        body["like"] = _new_names(seed)
    if isinstance(body.get("avoid"), dict):
        body["avoid"] |= {"seed": seed}
    return body if OF_NO_MODEL & body.keys() else body | {"model": model}


def _new_names(seed: str) -> list[str]:
    """Two hundred that were not sent before."""
    rng = random.Random(seed)  # noqa: S311 - not a secret
    beginnings, ends = (
        [
            first + vowel + last
            for first in rng.sample("bdfgklmnprstvz", 5)
            for vowel, last in zip("aeio", "nrls", strict=True)
        ]
        for _ in range(2)
    )
    return [(one + other).title() for one in beginnings for other in ends][::2]


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"{time.monotonic() - began:.0f} s")
