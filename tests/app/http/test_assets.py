import gzip
import re
from pathlib import Path

import httpx
import pytest

from app.http.assets import MEDIA_TYPES, PageFiles
from tests.support.checkout import ROOT
from tests.support.services import problem

pytestmark = pytest.mark.anyio

STATIC = ROOT / "app" / "http" / "static"
NAMES = sorted(path.name for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES)
IMPORTED = re.compile(r'^import .*from "(.+)";$', re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
async def test_each_file_is_served_as_it_is_with_its_type(client: httpx.AsyncClient, name: str) -> None:
    for path in (f"/assets/{name}", f"/assets/{PageFiles(STATIC).version}/{name}"):
        answer = await client.get(path)
        assert answer.content == (STATIC / name).read_bytes()
        assert answer.headers["content-type"] == MEDIA_TYPES[Path(name).suffix]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_only_an_address_with_the_hash_of_the_contents_lasts(client: httpx.AsyncClient) -> None:
    lasting = await client.get(f"/assets/{PageFiles(STATIC).version}/page.css")
    other = await client.get("/assets/0123456789ab/page.css")
    assert "immutable" in lasting.headers["cache-control"]
    assert other.headers["cache-control"] == "no-cache"
    assert other.content == lasting.content


async def test_what_a_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/assets/api.js")).headers["etag"]
    again = await client.get("/assets/api.js", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get("/assets/api.js", headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, GZIP;q=0.5", "gzip"),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip; q=0.000", None),
        ("", None),
    ],
)
async def test_a_client_gets_gzip_only_where_it_reads_that(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    answer = await client.get("/assets/page.css", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == (STATIC / "page.css").read_bytes()


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "..%2Fpages.py"])
async def test_there_is_nothing_else(client: httpx.AsyncClient, name: str) -> None:
    problem(await client.get(f"/assets/{name}"), 404)


def test_a_change_of_any_file_changes_the_address_of_every_one(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("one")
    (tmp_path / "b.css").write_text("two")
    before = PageFiles(tmp_path)
    (tmp_path / "b.css").write_text("three")
    assert PageFiles(tmp_path).version != before.version
    assert gzip.decompress(before.files["b.css"].compressed) == b"two"


def test_modules_import_only_modules_that_are_there() -> None:
    imported = {found for path in STATIC.glob("*.js") for found in IMPORTED.findall(path.read_text("utf-8"))}
    assert imported
    assert {name.removeprefix("./") for name in imported} <= set(NAMES)
