"""The commands of `docs/start.md` from a list to names, with curl: upload, follow, sample. The model beats a bigram."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from model.corpus.corpus import Corpus
from tests.support.checkout import ROOT
from tests.support.processes import Process
from tests.support.trainings import TOKEN, admin, training_service

pytestmark = pytest.mark.slow

START = (ROOT / "docs" / "start.md").read_text("utf-8")
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
def folder(tmp_path: Path) -> Path:
    """A folder like the top of a clone, as far as the commands use it."""
    if shutil.which("curl") is None:
        assert os.environ.get("CI") != "true", "no curl in CI"
        pytest.skip("no curl here")
    (tmp_path / "model").symlink_to(ROOT / "model")
    return tmp_path


def blocks() -> tuple[str, str, str]:
    """The blocks of commands in the chapter on training."""
    chapter = START.partition("## Train a model over HTTP")[2].partition("\n## ")[0]
    upload, follow, take_back = re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL)
    return upload, follow, take_back


def shell(commands: str, address: str, folder: Path) -> str:
    """Run commands of the page with another address."""
    assert "http://127.0.0.1:8000/" in commands
    script = "set -e\n" + commands.replace("http://127.0.0.1:8000", address)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TOKEN": TOKEN}
    run = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_newcomer_trains_on_500_names_with_curl_and_samples(service: Process, address: str, folder: Path) -> None:
    upload, follow, take_back = blocks()
    job = json.loads(shell(upload, address, folder))
    printed = shell(follow.replace("the-id-of-the-job", job["id"]), address, folder)

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
    assert json.loads(shell(take_back, address, folder))["champion"] == 1

    corpus = Corpus.read(folder / "elves.txt")
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
