"""The commands of `docs/start.md` from a list to names, with curl: upload, follow, sample. The model beats a bigram."""

from __future__ import annotations

import json
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from model.corpus.corpus import Corpus
from tests.support.pages import Reader, block
from tests.support.processes import Process
from tests.support.trainings import admin, training_service

pytestmark = pytest.mark.slow

END = "."


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Process]:
    """A new one: other tests train models of the same names."""
    with training_service(f"sqlite:///{tmp_path}/namewright.db") as service:
        yield service


@pytest.fixture
def address(service: Process) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture
def reader(tmp_path: Path, address: str) -> Reader:
    return Reader(tmp_path, address)


def test_a_newcomer_trains_on_500_names_with_curl_and_samples(service: Process, reader: Reader) -> None:
    job = json.loads(reader.run(block("docs/start.md", "awk")))
    printed = reader.run(block("docs/start.md", "JOB=").replace("the-id-of-the-job", job["id"]))

    assert job["report"]["names"] == 500
    events, _, drawn = printed.rpartition("\n\n")
    assert json.loads(drawn)["version"] == 1
    assert len(json.loads(drawn)["names"]) == 5
    states = [json.loads(data)["state"] for data in re.findall(r"event: state\ndata: (.*)", events)]
    assert states[-1] == "succeeded"
    losses = [point["train"] for progress in re.findall(r"event: progress\ndata: (.*)", events)
              for point in json.loads(progress)["loss"]["history"]]  # fmt: skip
    assert losses[-1] < losses[0]
    assert len(losses) > 10
    assert json.loads(reader.run(block("docs/start.md", "curl -X PUT")))["champion"] == 1

    corpus = Corpus.read(reader.folder / "elves.txt")
    with admin(service) as client:
        card = client.get("/models/elves").json()["card"]
        answers = client.get("/models").text + client.get("/models/elves").text + client.get("/train").text
    bigram = nats_per_letter_of_a_bigram(corpus)
    print(f"{card['nats_per_letter']:.3f} nats per letter, a bigram's {bigram:.3f}")
    assert card["nats_per_letter"] < bigram
    rare = [name for name in corpus.names if len(name) > 9]
    assert rare
    everything = answers.lower() + service.log.lower()
    assert [name for name in rare if name in everything] == []


def nats_per_letter_of_a_bigram(corpus: Corpus) -> float:
    """A bigram's loss on the held-out names, with the smoothing that is best for them."""
    split = corpus.split()
    seen = Counter(pairs(split.train))
    before = Counter(first for first, _ in pairs(split.train))
    letters = len(corpus.vocabulary.letters) + 1
    held_out = pairs(split.test)
    return min(
        statistics.fmean(-math.log((seen[pair] + more) / (before[pair[0]] + more * letters)) for pair in held_out)
        for more in (0.01, 0.03, 0.1, 0.3, 1, 3, 10)
    )


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Each letter with the one before it; the same sign marks the start and the end of a name."""
    return [pair for name in names for pair in zip(END + name, name + END, strict=True)]
