import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.settings import Settings
from tests.support.admin import LIST, administering
from tests.support.services import serving

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def bundled() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with the bundled models."""
    async with serving(Settings()) as client:
        yield client


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/openapi.json")).json()
    return found


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


OPERATIONS = {
    "get /sample": "sample",
    "post /sample": "sample_by_post",
    "post /score": "score",
    "post /explain": "explain",
    "post /report": "report",
    "get /models": "list_models",
    "get /models/{name}": "show_model",
    "put /models/{name}/alias/champion": "put_champion",
    "delete /models/{name}/versions/{version}": "delete_version",
    "post /train": "train",
    "post /train/upload": "train_on_file",
    "get /train": "list_trainings",
    "get /train/{id}": "show_training",
    "get /train/{id}/events": "follow_training",
    "get /train/{id}/loss.png": "draw_loss",
    "post /train/{id}/cancel": "cancel_training",
    "get /health/live": "show_liveness",
    "get /health/ready": "show_readiness",
    "get /metrics": "show_metrics",
}
"""What generated clients call the operations, which stays."""


async def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


async def test_operations_have_names_for_generated_clients(document: dict[str, Any]) -> None:
    named = {
        f"{method} {path}": operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert {operation: named[operation] for operation in OPERATIONS} == OPERATIONS
    assert len(set(named.values())) == len(named)
    assert [name for name in named.values() if not re.fullmatch("[a-z]+(_[a-z]+){0,3}", name)] == []


async def test_all_that_is_sent_or_answered_has_a_schema_with_a_name_or_is_text_or_a_file(
    document: dict[str, Any],
) -> None:
    contents = [
        content["schema"]
        for operation in operations(document)
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for content in part.get("content", {}).values()
    ]
    assert len(contents) > 30
    for schema in contents:
        assert "$ref" in schema or schema["type"] == "string", schema
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch("([A-Z][a-z]+)+", name)
        assert "properties" not in str(list(schema["properties"].values())), name


async def test_a_browser_is_led_to_the_documentation(client: httpx.AsyncClient) -> None:
    page = await client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert 'href="docs"' in page.text


async def test_only_what_depends_on_the_accept_header_says_so(client: httpx.AsyncClient) -> None:
    for accept in ("text/html", "*/*"):
        assert (await client.get("/", headers={"Accept": accept})).headers["vary"].startswith("Accept")
    assert "vary" not in (await client.get("/docs")).headers


async def test_a_program_gets_links(client: httpx.AsyncClient) -> None:
    links = (await client.get("/")).json()
    for name in ("docs", "openapi", "sample", "models"):
        assert (await client.get(links[name])).status_code == 200


@pytest.mark.parametrize("page", ["/", "/docs"])
async def test_all_that_a_page_loads_is_served_here(client: httpx.AsyncClient, page: str) -> None:
    html = (await client.get(page, headers={"Accept": "text/html"})).text
    loaded = re.findall(r"""<(?:script|link)[^>]*(?:src|href)="([^"]+)""", html)
    assert loaded
    for reference in loaded:
        assert "//" not in reference
        assert (await client.get(f"/{reference}")).status_code == 200


async def test_every_field_has_a_description_and_every_operation_a_tag(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["tags"]
        assert operation["summary"]
        assert operation["description"]
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert parameter["description"]
                assert "examples" in parameter["schema"] or "example" in parameter
    for field in document["components"]["schemas"]["SampleRequest"]["properties"].values():
        assert field["description"]


async def test_refusals_are_documented_as_they_are_sent(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
                assert answer["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_bounds_that_are_set_are_documented(document: dict[str, Any]) -> None:
    parameters = {field["name"]: field["schema"] for field in document["paths"]["/sample"]["get"]["parameters"]}
    assert parameters["count"]["maximum"] == 100_000
    assert parameters["max_length"]["maximum"] == 64
    assert document["components"]["schemas"]["SampleRequest"]["properties"]["count"]["maximum"] == 100_000


async def test_all_formats_are_documented(document: dict[str, Any]) -> None:
    for method in ("get", "post"):
        assert set(document["paths"]["/sample"][method]["responses"]["200"]["content"]) == {
            "application/json",
            "text/csv",
            "text/plain",
            "application/x-ndjson",
        }


ELSEWHERE = {"blend": 404, "parts": 422, "like": 403}
"""What examples with these fields come to where their models are not."""


def bodies(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The examples for `POST /sample`, one of which needs the network of many kinds."""
    shown = document["paths"]["/sample"]["post"]["requestBody"]["content"]["application/json"]["examples"].values()
    return [example["value"] for example in shown]


async def test_the_examples_of_the_documentation_work(client: httpx.AsyncClient, document: dict[str, Any]) -> None:
    parameters = document["paths"]["/sample"]["get"]["parameters"]
    examples = {field["name"]: field["schema"]["examples"][0] for field in parameters}
    query = {name: example for name, example in examples.items() if example is not None}
    assert (await client.get("/sample", params=query)).status_code == 200
    schemas = document["components"]["schemas"]
    for body in bodies(document):  # those of models that are not here are tested with these
        expected = next((status for field, status in ELSEWHERE.items() if field in body), 200)
        assert (await client.post("/sample", json=body)).status_code == expected, body
    (path,) = document["paths"]["/models/{name}"]["get"]["parameters"]
    (example,) = path["examples"].values()
    assert (await client.get(f"/models/{example['value']}")).status_code == 200
    for shown in document["paths"]["/explain"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ].values():
        assert (await client.post("/explain", json=shown["value"])).status_code == 200
    fields = schemas["ScoreRequest"]["properties"]
    assert (await client.post("/score", json={"names": fields["names"]["examples"][0]})).status_code == 200


@pytest.mark.parametrize(
    "field",
    [{"parts": "German"}, {"blend": "icelandic-girls:1,us-girls:1"}, {"key": "npc-1"}, {"seed": "s", "cast": "true"}],
    ids=lambda field: next(reversed(field)),
)
async def test_a_form_that_sends_every_default_may_ask_for_one_thing_more(
    bundled: httpx.AsyncClient, field: dict[str, str]
) -> None:
    parameters = (await bundled.get("/openapi.json")).json()["paths"]["/sample"]["get"]["parameters"]
    defaults = {entry["name"]: entry["schema"]["default"] for entry in parameters if "default" in entry["schema"]}
    filled = {name: json.dumps(value) if isinstance(value, bool) else value for name, value in defaults.items()}
    assert {"model", "count", "offset"} <= filled.keys()
    answer = await bundled.get("/sample", params=filled | field)
    assert len(answer.json()["names"]) == (1 if "key" in field else 5)


@pytest.mark.no_cover
async def test_the_answers_of_the_documentation_are_those_of_the_bundled_model(bundled: httpx.AsyncClient) -> None:
    document = (await bundled.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    shown = {
        name: {field: entry.get("examples", [None])[0] for field, entry in schema["properties"].items()}
        for name, schema in schemas.items()
        if "properties" in schema
    }
    drawn = (await bundled.get("/sample?start=a&max_length=12&seed=7")).json()
    (scored,) = (await bundled.post("/score", json={"names": ["anna"], "compare": True})).json()["scores"]
    model = (await bundled.get("/models/us")).json()
    for body in bodies(document):
        assert (await bundled.post("/sample", json=body)).json()["names"], body
    only_where_asked = ("details", "cast", "parts", "latin", "initials", "username", "note")
    assert shown["SampleAnswer"] == drawn | dict.fromkeys(only_where_asked)
    for field in ("name", "log_probability", "nats_per_letter", "end", "in_training_list", "unknown_letters"):
        assert shown["NameScore"][field] == pytest.approx(scored[field], abs=0.005), field
    for field in ("end_others", "nearest", "percentile"):
        assert shown["NameScore"][field] == scored[field], field
    rounded = [one | {"nats_per_letter": round(one["nats_per_letter"], 2)} for one in scored["sounds_like"]]
    assert shown["NameScore"]["sounds_like"] == rounded
    assert shown["LetterScore"]["others"] == scored["letters"][0]["others"]
    assert shown["LetterScore"]["log_probability"] == pytest.approx(scored["letters"][0]["log_probability"], abs=0.005)
    step = (await bundled.post("/explain", json={"prefix": "ann"})).json()["steps"][-1]
    assert shown["ExplainStep"]["letter"] == step["letter"]
    assert shown["ExplainStep"]["next"] == {letter: step["next"][letter] for letter in ("", "a")}
    assert shown["ExplainStep"]["hidden"] == [layer[:2] for layer in step["hidden"]]
    assert shown["NextLetter"] == step["next"]["a"]
    assert shown["ModelSummary"]["names"] == model["names"]
    assert shown["ModelSummary"]["nats_per_letter"] == pytest.approx(model["nats_per_letter"], abs=0.005)


async def test_the_default_model_that_is_set_is_the_one_of_the_examples(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"default_model": "accents", "max_length": 5})) as client:
        document = (await client.get("/openapi.json")).json()
        for body in bodies(document):
            expected = next((status for field, status in ELSEWHERE.items() if field in body), 200)
            assert (await client.post("/sample", json=body)).status_code == expected, body
    for name in ("SampleRequest", "ScoreRequest", "ExplainRequest"):
        assert document["components"]["schemas"][name]["properties"]["model"]["examples"] == ["accents"]


async def test_every_field_has_a_description_and_an_example(document: dict[str, Any]) -> None:
    fields = {
        f"{name}.{field}": entry
        for name, schema in document["components"]["schemas"].items()
        for field, entry in schema.get("properties", {}).items()
        if entry.get("format") != "binary"
    }
    fields |= {
        f"{path} {entry['name']}": entry["schema"] | entry
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for entry in operation.get("parameters", [])
    }
    bare = [field for field, entry in fields.items() if "description" not in entry]
    unshown = [field for field, entry in fields.items() if not entry.keys() & {"default", "example", "examples"}]
    assert len(fields) > 60
    assert (bare, unshown) == ([], [])
    answers = [entry for operation in operations(document) for status, entry in operation["responses"].items()]
    assert "Successful Response" not in [entry["description"] for entry in answers]


async def test_the_form_is_filled_in_with_what_holds_by_default_and_works_as_it_stands(
    tmp_path: Path, settings: Settings
) -> None:
    async with administering(settings, tmp_path) as office:
        document = (await office.client.get("/openapi.json")).json()
        form = document["components"]["schemas"]["TrainUpload"]
        assert form["required"] == ["file", "model"]
        assert "left out" not in form["properties"]["model"]["description"]
        shown = {name: entry.get("default", *entry.get("examples", [])) for name, entry in form["properties"].items()}
        chosen = {name: value for name, value in shown.items() if value not in ("", None)}
        assert chosen == {
            "model": "elves", "preset": "default", "seed": 0, "publish": "unless_worse", "public_membership": False,
        }  # fmt: skip
        fields = {name: json.dumps(value).strip('"') for name, value in shown.items() if name != "file"}
        assert (await office.upload(LIST, **fields)).status_code == 202
    assert form["properties"]["cell"]["enum"] == ["vanilla", "gru"]


async def test_the_example_of_an_accepted_training_is_what_comes(tmp_path: Path, settings: Settings) -> None:
    async with administering(settings, tmp_path) as office:
        document = (await office.client.get("/openapi.json")).json()
        post = document["paths"]["/train"]["post"]
        asked = next(iter(post["requestBody"]["content"]["application/json"]["examples"].values()))["value"]
        accepted = (await office.client.post("/train", json=asked)).json()
    for path in ("/train", "/train/upload"):
        (example,) = document["paths"][path]["post"]["responses"]["202"]["content"]["application/json"][
            "examples"
        ].values()
        place = document
        for step in example["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        shown = place["value"]
        assert shown | {name: accepted[name] for name in ("id", "created", "report")} == accepted
        assert shown["report"].keys() == accepted["report"].keys()
        for figure in ("title", "names", "distinct", "duplicates", "bearers", "skipped", "casing"):
            assert shown["report"][figure] == accepted["report"][figure]


async def test_the_bound_on_a_list_is_documented_where_it_holds(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"max_upload_bytes": 9999})) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    for path, bound in (("/train", "9999"), ("/train/upload", "9999"), ("/sample", "1048576"), ("/score", "131072")):
        answer = paths[path]["post"]["responses"]["413"]["content"]["application/problem+json"]
        assert bound in answer["examples"]["content-too-large"]["value"]["detail"]


async def test_the_documentation_leads_the_admin_to_training(document: dict[str, Any]) -> None:
    assert "**Authorize**" in document["info"]["description"]
    entry = list(document["paths"])
    assert entry.index("/train") == entry.index("/train/upload") + 1
    (key,) = (
        entry for entry in document["paths"]["/train"]["post"]["parameters"] if entry["name"] == "idempotency-key"
    )
    assert key["schema"]["type"] == "string"
    (_, version) = document["paths"]["/models/{name}/versions/{version}"]["delete"]["parameters"]
    assert [example["value"] for example in version["examples"].values()] == [1]
