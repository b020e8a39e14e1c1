"""The commands and settings of `compose.yaml`, run as processes against a private PostgreSQL."""

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

from tests.support.checkout import ROOT
from tests.support.postgresql import Cluster
from tests.support.processes import Process
from tests.support.trainings import TOKEN, admin, quick, submit, until_ended

VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class Missing(Exception):
    """A required variable is not set; the message is the one in the file."""


def compose(**given: str) -> dict[str, Any]:
    """The services of the file, with variables replaced as Compose does."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if kind == "?" and not given.get(name):
            raise Missing(f"{name}: {rest}")
        return given.get(name) or rest

    def replaced(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: replaced(child) for key, child in node.items()}
        if isinstance(node, list):
            return [replaced(child) for child in node]
        return VARIABLE.sub(value, node) if isinstance(node, str) else node

    services: dict[str, Any] = replaced(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8")))["services"]
    return services


def image() -> tuple[dict[str, str], list[str]]:
    """The environment variables and the command of the Dockerfile."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    (environment,) = re.findall(r"^ENV (.+)$", text, re.MULTILINE)
    command = json.loads(re.findall(r"^CMD (.+)$", text, re.MULTILINE)[-1])
    return dict(pair.split("=", 1) for pair in environment.split()), command


def run(service: dict[str, Any], cluster: Cluster, folder: Path) -> Process:
    """Run a service of the file as a process; only addresses and folders of this machine differ."""
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
def test_the_commands_of_compose_train_and_serve(make_cluster: Callable[..., Cluster], tmp_path: Path) -> None:
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


SECRETS = {"NAMEWRIGHT_ADMIN_TOKEN": TOKEN, "POSTGRES_PASSWORD": "abc"}


@pytest.mark.parametrize(
    ("secret", "advice"), [("NAMEWRIGHT_ADMIN_TOKEN", "choose a token"), ("POSTGRES_PASSWORD", "choose a password")]
)
def test_every_secret_must_be_given_and_the_file_says_how(secret: str, advice: str) -> None:
    with pytest.raises(Missing, match=rf"{secret}: {advice} .*openssl rand"):
        compose(**{name: value for name, value in SECRETS.items() if name != secret})


def test_every_container_is_confined() -> None:
    for name, service in compose(**SECRETS).items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert 0 < service["pids_limit"] <= 256, name


def test_only_the_proxy_which_must_be_asked_for_is_there_for_other_machines() -> None:
    services = compose(**SECRETS)
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:8000:8000"], "proxy": ["443:8443"]}
    assert {name for name, service in services.items() if "front" in service["networks"]} == {"api", "proxy"}
    assert [name for name, service in services.items() if "profiles" in service] == ["proxy"]


def test_what_others_need_answers_before_they_are_started() -> None:
    services = compose(**SECRETS)
    assert services["worker"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["proxy"]["depends_on"] == {"api": {"condition": "service_healthy"}}
    assert "depends_on" not in services["api"], "it serves without a database"


def test_images_have_exact_tags_and_take_a_digest() -> None:
    digest = f"@sha256:{64 * 'a'}"
    for variable, name in (("POSTGRES_IMAGE", "postgres"), ("NGINX_IMAGE", "proxy")):
        tag = compose(**SECRETS)[name]["image"]
        assert re.fullmatch(r"[a-z]+:\d+\.[\d.]+-[a-z]+", tag), tag
        assert compose(**SECRETS, **{variable: tag + digest})[name]["image"] == tag + digest
    tag = compose(**SECRETS)["api"]["build"]["args"]["PYTHON_IMAGE"]
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-[a-z]+", tag)
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert f"\nARG PYTHON_IMAGE={tag}\n" in dockerfile
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}
