"""`compose.yaml` as it stands: its commands and its settings, as processes, with a private PostgreSQL for its own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from tests.support.postgresql import Cluster
from tests.support.processes import ROOT, Process
from tests.support.trainings import TOKEN, admin, quick, submit, until_ended

VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class Missing(Exception):
    """A variable that must be given is not; what the file says about it."""


def compose(**given: str) -> dict[str, Any]:
    """The services of the file, with variables put in as Compose does."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if kind == "?" and not given.get(name):
            raise Missing(f"{name}: {rest}")
        return given.get(name) or rest

    def put_in(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: put_in(child) for key, child in node.items()}
        if isinstance(node, list):
            return [put_in(child) for child in node]
        return VARIABLE.sub(value, node) if isinstance(node, str) else node

    services: dict[str, Any] = put_in(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8")))["services"]
    return services


def image() -> tuple[dict[str, str], list[str]]:
    """What the Dockerfile sets in the environment, and what it runs."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    (environment,) = re.findall(r"^ENV (.+)$", text, re.MULTILINE)
    command = json.loads(re.findall(r"^CMD (.+)$", text, re.MULTILINE)[-1])
    return dict(pair.split("=", 1) for pair in environment.split()), command


def run(service: dict[str, Any], cluster: Cluster, folder: Path) -> Process:
    """A service of the file as a process; only what names the machine is another."""
    environment, command = image()
    here = {"PATH": None, "HOST": "127.0.0.1", "PORT": "0", "TMPDIR": str(folder), "MPLCONFIGDIR": str(folder / "mpl")}
    settings = environment | service["environment"] | here
    settings["NAMEWRIGHT_DATABASE_URL"] = settings["NAMEWRIGHT_DATABASE_URL"].replace(
        "@postgres:5432/", f"@127.0.0.1:{cluster.port}/"
    )
    program, *arguments = service.get("command", command)
    assert program == "python"
    del settings["PATH"]
    return Process([sys.executable, *arguments], settings)


@pytest.mark.slow
def test_compose_trains_and_serves_with_the_commands_that_stand_there(
    make_cluster: Callable[..., Cluster], tmp_path: Path
) -> None:
    cluster = make_cluster()
    password = urlsplit(cluster.url()).password
    services = compose(NAMEWRIGHT_ADMIN_TOKEN=TOKEN, POSTGRES_PASSWORD=password or "")
    postgres = services["postgres"]["environment"]
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {postgres['POSTGRES_DB']}".encode())
    assert urlsplit(cluster.url()).username == postgres["POSTGRES_USER"]
    assert postgres["POSTGRES_PASSWORD"] == password

    with ExitStack() as stack:
        processes = {name: run(services[name], cluster, tmp_path) for name in ("api", "worker")}
        for process in processes.values():
            stack.callback(process.stop)
        client = stack.enter_context(admin(processes["api"]))
        assert client.get("/health/ready").status_code == 200
        ended = until_ended(client, submit(client, quick())["id"])
        assert (ended["state"], ended["version"]) == ("succeeded", 1), ended
        assert client.get("/sample?model=elves@1").json()["version"] == 1
        assert [process.stop() for process in processes.values()] == [0, 0]


def test_the_admin_token_must_be_given_and_the_file_says_how() -> None:
    with pytest.raises(Missing, match="NAMEWRIGHT_ADMIN_TOKEN: choose a token"):
        compose()


def test_every_container_is_confined() -> None:
    for name, service in compose(NAMEWRIGHT_ADMIN_TOKEN=TOKEN).items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert ("ports" in service) == (name == "api"), name
        assert "front" not in service["networks"] or name == "api"


def test_the_database_answers_before_a_worker_is_started() -> None:
    services = compose(NAMEWRIGHT_ADMIN_TOKEN=TOKEN)
    assert services["worker"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert re.fullmatch(r"postgres:\d+-\w+", services["postgres"]["image"])
