"""The proxy of docs/proxy, run in front of a service: TLS, a rate for each address, streams as they are drawn."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.checkout import ROOT
from tests.support.processes import Process, until

pytestmark = pytest.mark.slow


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        assert os.environ.get("CI") != "true", "no nginx in CI"
        pytest.skip("no nginx here: 'apt-get install nginx-light' adds one")
    return found


@pytest.fixture(scope="module")
def proxy(service: Process, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the proxy, which has a certificate of its own; only addresses and folders differ from the file."""
    program = nginx()
    folder: Path = tmp_path_factory.mktemp("proxy")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-keyout", "key.pem", "-out", "certificate.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = (ROOT / "docs/proxy/nginx.conf").read_text("utf-8")
    for there, here in (
        ("/tmp/", f"{folder}/"),  # noqa: S108
        ("listen 8443", f"listen 127.0.0.1:{port}"),
        ("api:8000", f"127.0.0.1:{service.port}"),
        ("/etc/nginx/tls", str(folder)),
    ):
        assert there in text
        text = text.replace(there, here)
    (folder / "nginx.conf").write_text(text + ("\nuser root;\n" if os.geteuid() == 0 else ""))
    command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    with subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL) as running:
        try:
            trusted = ssl.create_default_context(cafile=folder / "certificate.pem")
            with httpx.Client(
                base_url=f"https://localhost:{port}", verify=trusted, trust_env=False, timeout=60
            ) as client:
                until(lambda: answers(client), "the proxy")
                yield client
        finally:
            running.terminate()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health/live").status_code == 200
    except httpx.TransportError:
        return False


def test_it_speaks_tls_and_passes_answers_and_refusals_on(proxy: httpx.Client, service: Process) -> None:
    query = "/sample?count=3&seed=7"
    with service.client() as direct:
        assert proxy.get(query).json() == direct.get(query).json()
        refused = proxy.get("/sample?count=0")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert "server" not in refused.headers or "/" not in refused.headers["server"]


def test_a_stream_and_a_large_upload_pass(proxy: httpx.Client) -> None:
    with proxy.stream("GET", "/sample?count=20000&format=txt") as answer:
        assert len(list(answer.iter_lines())) == 20_000
    refused = proxy.post("/train/upload", files={"file": ("names.txt", b"anna\n" * 850_000)})
    assert refused.headers["content-type"] == "application/problem+json"  # of the service, not of the proxy


def test_metrics_are_not_for_everybody(proxy: httpx.Client, service: Process) -> None:
    assert proxy.get("/metrics").status_code == 404
    with service.client() as direct:
        assert direct.get("/metrics").status_code == 200


def test_one_address_has_a_rate_and_is_refused_beyond_it(proxy: httpx.Client) -> None:
    """Last in this file: the requests before it must not wait for the next second."""
    found = until(lambda: limited(proxy), "a refusal for too many requests", pause=0)
    assert found.headers["content-type"] == "application/problem+json"
    assert found.headers["retry-after"] == "1"
    assert (found.json()["status"], found.json()["type"]) == (429, "/problems/too-many-requests")
    assert until(lambda: answers(proxy), "an answer after the wait")


def limited(client: httpx.Client) -> httpx.Response | None:
    answer = client.get("/health/live")
    return answer if answer.status_code == 429 else None
